import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FINDINGS } from './findings.ts';

test('docs/sources.md has every finding, with its words', () => {
  const page = readFileSync(new URL('../../../../docs/sources.md', import.meta.url), 'utf8');
  const rows = new Map(
    page.split('\n').flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const code = /^`([a-z0-9-]+)`$/.exec(cells[1] ?? '')?.[1];
      return code ? [[code, cells.slice(2, 5)] as const] : [];
    }),
  );
  for (const [code, { severity, message, cure }] of Object.entries(FINDINGS)) {
    expect(rows.get(code), code).toEqual([severity, message, cure || 'Nothing needs to be done.']);
  }
});
