import { parseArgs } from 'node:util';
import { scenarios } from './scenarios/index.ts';

/** What the command line asks for. */
export interface BenchOptions {
  readonly help: boolean;
  readonly quick: boolean;
  /** Names of the parts to run, in the benchmark's order. */
  readonly only: readonly string[];
  /** Files for the results. */
  readonly json: string | undefined;
  readonly markdown: string | undefined;
}

/** The arguments cannot be understood. */
export class UsageError extends Error {}

export const USAGE = `usage: npm run bench -- [--quick] [--only NAME,...] [--json FILE] [--markdown FILE]

Measures the server beside mediasoup alone, and with features of its worker beside without: same video, same viewers, in
turns, on this machine.

  --quick          fewer and shorter rounds: about eight minutes instead of forty-five
  --only NAME,...  these parts only, of:
${scenarios.map(({ name, title }) => `                     ${name.padEnd(13)}${title}`).join('\n')}
  --json FILE      writes the results for programs
  --markdown FILE  writes them for people; in a file with a block for results, as docs/performance.md has, into that block
  -h, --help       shows this

Exit code: 0, also where targets are missed; 1 when a part came to nothing; 2 for wrong arguments.
`;

/** @throws {UsageError} */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { only, ...values } = parsed(args);
  const names = scenarios.map(({ name }) => name);
  const wanted = only?.split(',').filter(Boolean) ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`--only: there is no part ${unknown}`);
  if (wanted.length === 0) throw new UsageError('--only needs the name of a part');
  const { help = false, quick = false, json, markdown } = values;
  return { help, quick, json, markdown, only: names.filter((name) => wanted.includes(name)) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        only: { type: 'string' },
        json: { type: 'string' },
        markdown: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
