import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatText } from '../report/format-text.ts';
import { htmlReport } from '../report/html/html-report.ts';
import { loadResult } from '../report/load-result.ts';
import type { LoadResult } from '../report/result.ts';
import { runLoad } from '../run/run-load.ts';
import { type CliOptions, parseOptions, UsageError } from './options.ts';
import { Progress } from './progress.ts';
import { USAGE } from './usage.ts';

/** Where relative file names start: npm runs scripts in the package's folder. */
const folder = process.env.INIT_CWD ?? process.cwd();

/** `npm run load`: returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: CliOptions;
  try {
    options = parseOptions(args, process.env.SPILLWAY_OPERATOR_TOKEN);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const result = await run(options);
  if (options.json !== '-') process.stdout.write(formatText(result));
  await write(options, result);
  return result.passed ? 0 : 1;
}

async function run({ plan, limits }: CliOptions): Promise<LoadResult> {
  const stopping = new AbortController();
  const stop = () => {
    // Who asks twice does not want to wait.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const progress = new Progress(process.stderr, {
    viewers: plan.viewers,
    seconds: plan.rampSeconds + plan.durationSeconds,
  });
  try {
    const { signal } = stopping;
    const loadRun = await runLoad(plan, { signal, onMoment: (moment) => progress.show(moment) });
    return loadResult(plan, loadRun, limits);
  } finally {
    progress.clear();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

async function write({ json, html }: CliOptions, result: LoadResult): Promise<void> {
  if (json === '-') process.stdout.write(`${JSON.stringify(result)}\n`);
  else if (json !== undefined) await writeFile(resolve(folder, json), `${JSON.stringify(result, null, 1)}\n`);
  if (html !== undefined) await writeFile(resolve(folder, html), htmlReport(result));
}
