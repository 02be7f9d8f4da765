import { expect, test } from 'vitest';
import {
  type BenchReport,
  BLOCK_BEGIN,
  BLOCK_END,
  markdown,
  markdownTable,
  withResults,
} from './markdown.ts';

const report: BenchReport = {
  at: '2026-01-02T03:04:05.000Z',
  quick: true,
  minutes: 4.2,
  machine: { cpu: 'CPU', cores: 2, memory: 8 * 2 ** 30, kernel: 'Linux 6', node: 'v26.0.0' },
  results: [
    {
      name: 'cost',
      title: 'CPU a packet',
      method: 'As it is.',
      targets: [
        { name: 'CPU', wanted: 'at most 1.05', measured: '1.20', met: false, saturated: true },
        { name: 'Lost', wanted: '0', measured: '0', met: true, saturated: false },
      ],
      tables: [{ title: 'CPU', head: ['', 'us'], rows: [['worker', '8.00']] }],
      charts: [],
    },
  ],
  failures: [{ name: 'storm', reason: 'no ports are free\n    at somewhere' }],
};

test('targets come first, with what was missed and what was measured without CPU left', () => {
  const text = markdown(report);
  expect(text).toContain('2026-01-02 03:04 UTC, quick run, 4 minutes, on 2 cores of CPU, 8 GiB');
  expect(text).toMatch(/\| CPU +\| at most 1\.05 \| 1\.20 +\| \*\*missed\*\* ⚠ \|/);
  expect(text).toMatch(/\| Lost +\| 0 +\| 0 +\| met +\|/);
  expect(text.indexOf('### Targets')).toBeLessThan(text.indexOf('### CPU a packet'));
  expect(text).toContain('The part `storm` came to nothing: no ports are free');
  expect(text).not.toContain('somewhere');
});

test('columns of tables are in line', () => {
  const table = markdownTable({ title: '', head: ['', 'us'], rows: [['worker', '8.00']] });
  expect(table.split('\n')).toEqual(['|        | us   |', '| ------ | ---- |', '| worker | 8.00 |']);
});

test('results take the place of earlier ones in a document, and nothing else of it', () => {
  const document = `# Title\n\n${BLOCK_BEGIN}\n\nold\n\n${BLOCK_END}\n\nThe rest.\n`;
  const once = withResults(document, 'new');
  expect(once).toBe(`# Title\n\n${BLOCK_BEGIN}\n\nnew\n\n${BLOCK_END}\n\nThe rest.\n`);
  expect(withResults(once, 'new')).toBe(once);
  expect(withResults(undefined, 'new')).toBe('new\n');
});
