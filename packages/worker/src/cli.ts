// node cli.ts: finds or makes the mediasoup-worker binary: progress goes to standard error, the path to standard output.
import { constants } from 'node:os';
import { WorkerUnavailableError } from './errors.ts';
import { findWorker } from './locate.ts';

const stop = new AbortController();
let exitCode = 1;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    exitCode = 128 + constants.signals[signal];
    stop.abort();
  });
}

try {
  const { path } = await findWorker({
    log: (line) => process.stderr.write(`${line}\n`),
    signal: stop.signal,
  });

  process.stdout.write(`${path}\n`);
} catch (error) {
  if (!(error instanceof WorkerUnavailableError)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCode;
}
