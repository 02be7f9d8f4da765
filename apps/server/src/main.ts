import { isIPv6 } from 'node:net';
import { findWorker } from '@spillway/worker';
import { ConfigError, loadConfig } from './config/index.ts';
import { createLog } from './log.ts';
import { type Server, startServer } from './server.ts';

/** Time that an orderly end may take; a second signal ends at once. Milliseconds. */
const CLOSE_LIMIT = 10_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What a person needs to know after the start. */
function announce({ port, addresses, freshToken }: Server, demo: boolean): void {
  const page = demo ? '/watch/demo' : '/';
  const host = (address: string) => (isIPv6(address) ? `[${address}]` : address);
  const others = addresses.filter((address) => address !== '127.0.0.1' && address !== '::1');
  print('');
  print('Spillway is live.');
  print(`  Watch      http://localhost:${port}${page}`);
  for (const address of others) print(`             http://${host(address)}:${port}${page}`);
  print(`  Broadcast  http://localhost:${port}/studio${freshToken ? `#token=${freshToken}` : ''}`);
  if (freshToken) {
    print(
      "             The link signs the studio in as this server's operator. It is shown this once: keep it.",
    );
  }
  print(`  API        http://localhost:${port}/docs`);
  print('');
}

async function main(): Promise<number> {
  const { config, warnings, file } = loadConfig({ argv: process.argv.slice(2), env: process.env });
  const log = createLog(config.log);
  for (const warning of warnings) log.warn(warning);
  if (file) log.info({ file }, 'configuration read');

  const { promise: signalled, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => resolve(signal));
  }

  const worker = await findWorker({ log: (line) => log.info(line) });
  const server = await startServer({ config, workerBin: worker.path, log });
  announce(server, server.sfu.getRoom('demo') !== undefined);

  const signal = await signalled;
  log.info({ signal }, 'stopping');
  const forced = setTimeout(() => {
    log.error('the orderly end took too long');
    process.exit(1);
  }, CLOSE_LIMIT);
  const stoppingSince = performance.now();
  for (const again of ['SIGINT', 'SIGTERM'] as const) {
    process.on(again, () => {
      // One Ctrl-C may arrive twice: from the terminal, and passed on by a parent.
      if (performance.now() - stoppingSince > 1000) process.exit(1);
    });
  }
  await server.close();
  clearTimeout(forced);
  log.info('stopped');
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const message =
    error instanceof ConfigError ? `The configuration cannot be used:\n${error.message}` : String(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
