// node cli.ts: npm run bench.
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type BenchOptions, parseOptions, USAGE, UsageError } from './options.ts';
import { type BenchReport, markdown, withResults } from './report/markdown.ts';
import { runBench } from './run-bench.ts';
import { scenarios } from './scenarios/index.ts';

/** Where relative file names start: npm runs scripts in the package's folder. */
const folder = process.env.INIT_CWD ?? process.cwd();

async function main(): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (process.platform !== 'linux') {
    process.stderr.write('the benchmark reads CPU and memory from /proc: it needs Linux\n');
    return 2;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait; the children end with this process.
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort();
    });
  }
  const { quick, only } = options;
  const report = await runBench({
    scenarios: scenarios.filter(({ name }) => only.includes(name)),
    quick,
    signal: stopping.signal,
    log: (line) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`),
  });
  process.stdout.write(`${markdown(report)}\n`);
  await write(options, report);
  return report.failures.length > 0 || stopping.signal.aborted ? 1 : 0;
}

async function write(options: BenchOptions, report: BenchReport): Promise<void> {
  if (options.json) await writeFile(resolve(folder, options.json), `${JSON.stringify(report, null, 1)}\n`);
  if (!options.markdown) return;
  const file = resolve(folder, options.markdown);
  const document = await readFile(file, 'utf8').catch(() => undefined);
  await writeFile(file, withResults(document, markdown(report)));
}

process.exitCode = await main();
