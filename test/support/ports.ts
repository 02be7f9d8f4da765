import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Ports for one server, none of them in use: one block, below those that Linux picks for outgoing connections. */
export interface ServerPorts {
  readonly http: number;
  /** First worker's; the next ones are free too. */
  readonly media: number;
  /** Range for sources, such as `20020-20099`. */
  readonly rtp: string;
  /** For encoders that push by RTMP. */
  readonly rtmp: number;
  /** First of four that the server does not know of, for what tests let it listen to. UDP. */
  readonly spare: number;
}

const FIRST = 20_000;
/** Each of the runner's processes has a share of its own, so that two never look at the same block at once. */
const SHARE = 6000;
const SHARES = 2;
const BLOCK = 100;
const firstOfShare = FIRST + SHARE * (Number(process.env.VITEST_POOL_ID ?? 0) % SHARES);
const MEDIA_PORTS = 4;

function isTcpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '::', () => server.close(() => resolve(true)));
  });
}

function isUdpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, () => socket.close(() => resolve(true)));
  });
}

async function isBlockFree(first: number): Promise<boolean> {
  const tcp = [first, first + 1, ...Array.from({ length: MEDIA_PORTS }, (_, index) => first + 10 + index)];
  const udp = Array.from({ length: BLOCK - 10 }, (_, index) => first + 10 + index);
  const free = await Promise.all([...tcp.map(isTcpFree), ...udp.map(isUdpFree)]);
  return free.every(Boolean);
}

/** Whether nothing holds the HTTP and media ports any more. */
export async function arePortsFree(ports: ServerPorts): Promise<boolean> {
  const { http, media, rtmp } = ports;
  const free = await Promise.all([isTcpFree(http), isTcpFree(rtmp), isTcpFree(media), isUdpFree(media)]);
  return free.every(Boolean);
}

/** @throws when no block is free */
export async function findPorts(): Promise<ServerPorts> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = firstOfShare + BLOCK * Math.floor(Math.random() * (SHARE / BLOCK));
    if (await isBlockFree(first)) {
      return {
        http: first,
        rtmp: first + 1,
        media: first + 10,
        spare: first + 10 + MEDIA_PORTS,
        rtp: `${first + 20}-${first + BLOCK - 1}`,
      };
    }
  }
  throw new Error('no free block of ports was found');
}
