import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { VethNetwork } from './veth.ts';

const run = promisify(execFile);

test('what runs in the namespace reaches this machine, and nothing of it is left', async ({ skip }) => {
  const network = await VethNetwork.create().catch(() => undefined);
  if (!network) return skip('this takes root, the command ip and virtual Ethernet devices');
  const { launcher, address } = network;
  const server = createServer((socket) => socket.end('here'));
  try {
    server.listen(0, address);
    await once(server, 'listening');
    const bound = server.address();
    const port = typeof bound === 'object' ? bound?.port : undefined;
    const program = `require('node:net').connect(${port}, '${address}').pipe(process.stdout)`;
    const [command = '', ...args] = [...launcher, process.execPath, '-e', program];
    expect((await run(command, args)).stdout).toBe('here');
  } finally {
    server.close();
    await network.close();
  }
  await network.close();
  expect((await run('ip', ['netns', 'list'])).stdout).not.toContain(launcher.at(-1));
});
