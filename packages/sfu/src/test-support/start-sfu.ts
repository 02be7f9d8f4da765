import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { findWorker } from '@spillway/worker';
import { Sfu, type SfuOptions } from '../sfu.ts';

/** Below the ports that systems pick for outgoing connections, and beside those of other tests. */
const FIRST = 12_000;
/** Each of the runner's processes has a share of its own, so that two never look at the same port at once. */
const SHARE = 2000;
const SHARES = 4;
const STEP = 10;
const firstOfShare = FIRST + SHARE * (Number(process.env.VITEST_POOL_ID ?? 0) % SHARES);

let next = STEP * Math.floor((Math.random() * SHARE) / STEP);

/** A port that was free a moment ago, for UDP and TCP, with its successor. The next call gives another one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstOfShare + next;
    next = (next + STEP) % SHARE;
    const free = await Promise.all([port, port + 1].flatMap((each) => [isUdpFree(each), isTcpFree(each)]));
    if (free.every(Boolean)) return port;
  }
}

function isTcpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function isUdpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}

/** A real SFU on loopback. */
export async function startSfu(options: Partial<SfuOptions> = {}): Promise<Sfu> {
  const { path } = await findWorker();
  return Sfu.create({
    workerBin: path,
    workers: 1,
    addresses: ['127.0.0.1'],
    listen: { port: await freePort() },
    rooms: {
      maxViewers: 100,
      graceMs: 10_000,
      startMs: 10_000,
      maxIncomingBitrate: 10_000_000,
      viewerSilenceMs: 30_000,
    },
    maxRooms: 10,
    ...options,
  });
}
