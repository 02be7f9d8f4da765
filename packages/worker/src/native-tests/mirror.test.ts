import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDir } from '../test-support.ts';
import { mirror } from './mirror.ts';

it('writes what differs, removes what is gone, and leaves the rest untouched', async () => {
  const from = temporaryDir();
  const to = join(temporaryDir(), 'new');

  mkdirSync(join(from, 'src'));
  for (const name of ['same', 'other', 'gone', 'src/deep']) {
    writeFileSync(join(from, name), 'first');
  }
  expect(await mirror(from, to)).toBe(4);

  utimesSync(join(to, 'same'), 1000, 1000);
  writeFileSync(join(to, 'gone2'), '');
  writeFileSync(join(from, 'other'), 'second');
  expect(await mirror(from, to)).toBe(2);

  expect(statSync(join(to, 'same')).mtimeMs).toBe(1_000_000);
  expect(readFileSync(join(to, 'other'), 'utf8')).toBe('second');
  expect(readFileSync(join(to, 'src/deep'), 'utf8')).toBe('first');
  expect(existsSync(join(to, 'gone2'))).toBe(false);
  expect(await mirror(from, to)).toBe(0);
});
