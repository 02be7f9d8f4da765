import { createSocket, type Socket } from 'node:dgram';
import { InputError } from '../input.ts';
import type { SdpMedia } from './read-sdp.ts';

/**
 * Waits until something that looks like one of the streams comes in. Nothing listens on the ports when it resolves.
 *
 * @throws {InputError} when a port cannot be listened on
 */
export async function firstPacket(
  media: readonly SdpMedia[],
  listenAddress: string,
  giveUp: AbortSignal,
): Promise<void> {
  const sockets: Socket[] = [];
  const came = Promise.withResolvers<void>();
  const give = () => came.resolve();
  giveUp.addEventListener('abort', give);
  try {
    for (const one of media) {
      for (const port of [one.port, one.port + 1]) {
        if (giveUp.aborted) return;
        const socket = await bind(port, one.group?.address ?? listenAddress);
        sockets.push(socket);
        socket.on('error', () => {});
        if (port !== one.port) continue;
        if (one.group) join(socket, one.group.address);
        socket.on('message', (packet) => {
          if (isRtp(packet, one.payloadType)) came.resolve();
        });
      }
    }
    if (!giveUp.aborted) await came.promise;
  } finally {
    giveUp.removeEventListener('abort', give);
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }
}

/** RTP, version 2 (RFC 3550), of that payload type. */
function isRtp(packet: Buffer, payloadType: number): boolean {
  return (
    packet.length >= 12 &&
    (packet.readUInt8(0) & 0xc0) === 0x80 &&
    (packet.readUInt8(1) & 0x7f) === payloadType
  );
}

function join(socket: Socket, group: string): void {
  try {
    socket.addMembership(group);
  } catch (error) {
    throw cannot(`The multicast group ${group} cannot be joined`, error);
  }
}

function bind(port: number, address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      const taken = error.code === 'EADDRINUSE';
      const what = taken ? `Another program uses UDP port ${port}` : `UDP port ${port} cannot be listened on`;
      reject(cannot(`${what}, which the SDP names`, taken ? undefined : error));
    });
    socket.bind({ port, address, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function cannot(what: string, error: unknown): InputError {
  return new InputError({
    reason: error instanceof Error ? `${what}: ${error.message}` : what,
    final: false,
  });
}
