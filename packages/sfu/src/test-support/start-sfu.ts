import { createSocket } from 'node:dgram';
import { findWorker } from '@spillway/worker';
import { Sfu, type SfuOptions } from '../sfu.ts';

/** A UDP port that was free a moment ago, with its successors. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.bind(0, '127.0.0.1', resolve);
  await promise;
  const { port } = socket.address();
  const closed = Promise.withResolvers<void>();
  socket.close(() => closed.resolve());
  await closed.promise;
  return port;
}

/** A real SFU on loopback. */
export async function startSfu(options: Partial<SfuOptions> = {}): Promise<Sfu> {
  const { path } = await findWorker();
  return Sfu.create({
    workerBin: path,
    workers: 1,
    addresses: ['127.0.0.1'],
    listen: { port: await freePort() },
    rooms: { maxViewers: 100, graceMs: 10_000, startMs: 10_000, maxIncomingBitrate: 10_000_000 },
    maxRooms: 10,
    ...options,
  });
}
