import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { isOwnPeer, peerUser } from './own-peer.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0000000000000000 20 4 30 10 -1
  12: 0100007F:C001 0100007F:1F90 01 00000000:00000000 02:000004F5 00000000  1000        0 333 2 0000000000000000 20 4 24 10 -1
`;

test('the user of the other side is found', () => {
  expect(peerUser(table, 0xc001, 0x1f90)).toBe(1000);
  expect(peerUser(table, 0x1f90, 0xc001)).toBe(0);
  expect(peerUser(table, 0x1f90, 0)).toBeUndefined();
  expect(peerUser('', 1, 2)).toBeUndefined();
});

test('a connection of this process is its own', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  const [peer]: Socket[] = await once(server, 'connection');
  expect(peer && (await isOwnPeer(peer))).toBe(true);
  client.destroy();
  server.close();
});
