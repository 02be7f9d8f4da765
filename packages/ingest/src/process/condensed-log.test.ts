import { expect, test } from 'vitest';
import { waitFor } from '../test-support/wait-for.ts';
import { CondensedLog } from './condensed-log.ts';

test('writes the first line at once, and of a flood the newest with a count', async () => {
  const written: [string, number][] = [];
  const log = new CondensedLog((line, leftOut) => written.push([line, leftOut]), 50);
  for (let line = 0; line < 1000; line += 1) log.add(`${line}`);
  expect(written).toEqual([['0', 0]]);
  await waitFor('the condensed line', () => written.length === 2);
  expect(written[1]).toEqual(['999', 998]);
});

test('flush writes what waits', () => {
  const written: string[] = [];
  const log = new CondensedLog((line) => written.push(line));
  log.add('a');
  log.add('b');
  log.flush();
  log.flush();
  expect(written).toEqual(['a', 'b']);
});
