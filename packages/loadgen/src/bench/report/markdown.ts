import type { MachineDescription } from '../machine/machine-usage.ts';
import { chartText } from './chart-text.ts';
import type { ScenarioResult, Table, Target } from './result.ts';

/** All that a run of the benchmark found. */
export interface BenchReport {
  /** When it began, ISO 8601 in UTC. */
  readonly at: string;
  readonly quick: boolean;
  /** What it took. */
  readonly minutes: number;
  readonly machine: MachineDescription;
  readonly results: readonly ScenarioResult[];
  /** Parts that came to nothing, and why. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

/** Between these lines of a document the benchmark writes its results. */
export const BLOCK_BEGIN = '<!-- results: written by npm run bench -- --markdown FILE -->';
export const BLOCK_END = '<!-- end of results -->';

/** The report as Markdown: targets first, then each part. */
export function markdown(report: BenchReport): string {
  const { machine, results, failures } = report;
  const targets = results.flatMap((result) => result.targets);
  return [
    `Measured ${report.at.slice(0, 16).replace('T', ' ')} UTC${report.quick ? ', quick run' : ''}, ${report.minutes.toFixed(0)} minutes, ` +
      `on ${machine.cores} cores of ${machine.cpu}, ${(machine.memory / 2 ** 30).toFixed(0)} GiB, ${machine.kernel}, Node ${machine.node}. Server, video and ` +
      'viewers share these cores. ⚠ marks what was measured while the machine had no CPU left.',
    ...(targets.length > 0 ? ['### Targets', targetTable(targets)] : []),
    ...failures.map(({ name, reason }) => `The part \`${name}\` came to nothing: ${reason.split('\n')[0]}`),
    ...results.flatMap(({ name, title, method, reading, tables, charts }) => [
      `### ${title}`,
      `${method} (\`--only ${name}\`)`,
      ...(reading ? [`**In short:** ${reading}`] : []),
      ...tables.map(markdownTable),
      ...charts.map((chart) => `**${chart.title}**\n\n\`\`\`text\n${chartText(chart)}\n\`\`\``),
    ]),
  ].join('\n\n');
}

/** Measured values beside what is wanted. */
export function targetTable(targets: readonly Target[]): string {
  return markdownTable({
    title: '',
    head: ['target', 'wanted', 'measured', ''],
    rows: targets.map(({ name, wanted, measured, met, saturated }) => [
      name,
      wanted,
      measured,
      `${met ? 'met' : '**missed**'}${saturated ? ' ⚠' : ''}`,
    ]),
  });
}

/** A table with its columns in line, as the formatter of this repository likes them. */
export function markdownTable({ title, head, rows }: Table): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const table = [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
  return title ? `**${title}**\n\n${table}` : table;
}

/**
 * A document with the block of results replaced; one without the block is replaced as a whole.
 *
 * @param document undefined: there is none yet
 */
export function withResults(document: string | undefined, results: string): string {
  const begin = document?.indexOf(BLOCK_BEGIN) ?? -1;
  const end = document?.indexOf(BLOCK_END, begin) ?? -1;
  if (document === undefined || begin < 0 || end < 0) return `${results}\n`;
  return `${document.slice(0, begin + BLOCK_BEGIN.length)}\n\n${results}\n\n${document.slice(end)}`;
}
