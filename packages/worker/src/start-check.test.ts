import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { whyNotStarting } from './start-check.ts';
import { script, temporaryDir } from './test-support.ts';

it('names the reason', async () => {
  const dir = temporaryDir();
  const text = join(dir, 'text');
  const garbage = join(dir, 'garbage');

  writeFileSync(text, '', { mode: 0o644 });
  writeFileSync(garbage, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0]), { mode: 0o755 });

  expect(await whyNotStarting(join(dir, 'none'))).toMatch(/no such file/);
  expect(await whyNotStarting(dir)).toMatch(/not a file/);
  expect(await whyNotStarting(text)).toMatch(/not executable/);
  expect(await whyNotStarting(garbage)).toMatch(/cannot start|exit code/);
  expect(await whyNotStarting('/bin/true')).toMatch(/ended without an error/);
  expect(await whyNotStarting(script(dir, 'library', 'echo "libx.so.1: not found" >&2; exit 127'))).toMatch(
    /exit code 127; libx.so.1: not found/,
  );
});

it('accepts what ends as mediasoup-worker does when started by hand', async () => {
  const path = script(temporaryDir(), 'worker', '[ -z "$MEDIASOUP_VERSION" ] && exit 41');

  expect(await whyNotStarting(path)).toBeUndefined();
});
