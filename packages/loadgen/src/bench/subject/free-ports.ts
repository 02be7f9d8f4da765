import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the ports that Linux picks for outgoing connections, and above those that servers commonly have. */
const FIRST = 20_000;
const LAST = 32_000;

/**
 * The first of a number of ports in a row, none of them in use a moment ago.
 *
 * @param tcp how many of them, from the first, have to be free for TCP too
 * @throws when there is no such row
 */
export async function freePorts(count: number, tcp: number): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - count));
    if ((await isFree(first, count, isUdpFree)) && (await isFree(first, tcp, isTcpFree))) return first;
  }
  throw new Error(`no ${count} ports in a row are free between ${FIRST} and ${LAST}`);
}

async function isFree(first: number, count: number, test: (port: number) => Promise<boolean>) {
  for (let port = first; port < first + count; port += 1) {
    if (!(await test(port))) return false;
  }
  return true;
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

function isTcpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
