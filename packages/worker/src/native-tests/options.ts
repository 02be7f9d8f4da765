import { parseArgs } from 'node:util';

/** What `npm run test:worker` is asked to do. */
export interface TestOptions {
  /** Only with the patches that a build needs: what passes here has to pass with all of them. */
  readonly stock: boolean;
  /** With the address and undefined-behaviour sanitizers. */
  readonly sanitize: boolean;
  /** Builds a worker to this path, with the same options, instead of building and running the tests. */
  readonly worker: string | undefined;
  /** How many compilers run at once. Default: as many as cores and memory allow. */
  readonly jobs: number | undefined;
  /** Handed to the test program, which is Catch2's: names of tests, tags, its options after another `--`. */
  readonly testArguments: readonly string[];
}

export const usage = `usage: npm run test:worker -- [--stock] [--sanitize] [--jobs N] [--worker FILE] [TEST...] [-- OPTION...]
  --stock        mediasoup's worker with only the patches that a build needs
  --sanitize     with the address and undefined-behaviour sanitizers
  --jobs N       at most N compilers at once
  --worker FILE  builds a worker for MEDIASOUP_WORKER_BIN instead of running the tests
  TEST, OPTION   for Catch2, the tests' framework`;

/** @throws {Error} that says what is wrong with the arguments. */
export function parseTestOptions(args: readonly string[]): TestOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      stock: { type: 'boolean', default: false },
      sanitize: { type: 'boolean', default: false },
      worker: { type: 'string' },
      jobs: { type: 'string' },
    },
  });
  const { stock, sanitize, worker, jobs } = values;

  if (jobs !== undefined && !/^[1-9]\d{0,2}$/.test(jobs)) {
    throw new Error(`--jobs is ${JSON.stringify(jobs)}, and has to be a number from 1 to 999`);
  }
  if (worker !== undefined && positionals.length > 0) {
    throw new Error('with --worker no tests are run');
  }

  return {
    stock,
    sanitize,
    worker,
    jobs: jobs === undefined ? undefined : Number(jobs),
    testArguments: positionals,
  };
}
