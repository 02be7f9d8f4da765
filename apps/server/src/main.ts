import { findWorker } from '@spillway/worker';
import { loadConfig } from './config/index.ts';
import { createLog } from './log.ts';
import { type Server, startServer } from './server.ts';
import { startFailureText } from './start-failure.ts';

/** Time that an orderly end may take; a second signal ends at once. Milliseconds. */
const CLOSE_LIMIT = 10_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What a person needs to know after the start. */
function announce({ urls, freshToken, demo }: Server): void {
  const [first, ...more] = urls;
  const page = demo ? '/watch/demo' : '/';
  print('');
  print('Spillway is live.');
  print(`  Watch      ${first}${page}`);
  for (const url of more) print(`             ${url}${page}`);
  print(`  Broadcast  ${first}/studio${freshToken ? `#token=${freshToken}` : ''}`);
  if (freshToken) {
    print(
      "             The link signs the studio in as this server's operator. It is shown this once: keep it.",
    );
  }
  print(`  API        ${first}/docs`);
  print('');
}

async function main(): Promise<number> {
  const { config, warnings, file } = loadConfig({ argv: process.argv.slice(2), env: process.env });
  const log = createLog(config.log);
  for (const warning of warnings) log.warn(warning);
  if (file) log.info({ file }, 'configuration read');

  const { promise: signalled, resolve } = Promise.withResolvers<string>();
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping.abort();
      resolve(signal);
    });
  }

  const worker = await findWorker({ log: (line) => log.info(line), signal: stopping.signal });
  const server = await startServer({
    config,
    workerBin: worker.path,
    workerFeatures: worker.features,
    log,
  });
  announce(server);

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
  // What is left nevertheless, such as a child that hangs, must not keep the process.
  forced.unref();
  log.info('stopped');
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${startFailureText(error)}\n`);
  process.exit(1);
}
