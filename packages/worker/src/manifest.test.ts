import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFeatures, writeManifest } from './manifest.ts';
import { temporaryDir } from './test-support.ts';

/** What is read of a folder, and what is said. */
async function read(dir: string) {
  const lines: string[] = [];
  const features = await readFeatures(join(dir, 'mediasoup-worker'), '3.27.1', (line) => lines.push(line));

  return { features, lines };
}

it('tells the features', async () => {
  const dir = temporaryDir();

  await writeManifest(dir, { mediasoup: '3.27.1', features: ['gop-cache'], origin: 'build', recipe: 'abc' });
  expect(await read(dir)).toEqual({ features: ['gop-cache'], lines: [] });
});

it('needs version and features alone, and may hold more', async () => {
  const dir = temporaryDir();

  writeFileSync(join(dir, 'manifest.json'), '{ "mediasoup": "3.27.1", "features": ["a"], "note": 1 }');
  expect(await read(dir)).toEqual({ features: ['a'], lines: [] });
});

it('is not needed', async () => {
  expect(await read(temporaryDir())).toEqual({ features: [], lines: [] });
});

it.each([
  ['no JSON', '{', /manifest\.json cannot be used: .*JSON/],
  ['no object', '[]', /must be object/],
  ['without features', '{ "mediasoup": "3.27.1" }', /features/],
  ['with others than names', '{ "mediasoup": "3.27.1", "features": ["a\\nb"] }', /\/features\/0 .*pattern/],
  [
    'for another version',
    '{ "mediasoup": "3.20.0", "features": ["a"] }',
    /it is for mediasoup 3\.20\.0, not 3\.27\.1/,
  ],
])('is not used when it is %s, which is said in a line', async (_, text, complaint) => {
  const dir = temporaryDir();

  writeFileSync(join(dir, 'manifest.json'), text);
  const { features, lines } = await read(dir);

  expect(features).toEqual([]);
  expect(lines).toEqual([expect.stringMatching(complaint)]);
});

it('is not used when it cannot be read', async () => {
  const dir = temporaryDir();

  mkdirSync(join(dir, 'manifest.json'));
  expect(await read(dir)).toEqual({ features: [], lines: [expect.stringContaining('EISDIR')] });
});
