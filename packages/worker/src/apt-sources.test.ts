import { expect, it } from 'vitest';
import { sourceLines, sourceStanzas } from './apt-sources.ts';

it('asks for the sources of what a one-line list names', () => {
  const list = `# a comment
deb [signed-by=/usr/share/keyrings/a.gpg] http://mirror.example/debian bookworm main
# deb http://mirror.example/debian off main
deb-src http://mirror.example/debian bookworm main
  deb http://mirror.example/debian bookworm-updates main contrib
`;
  expect(sourceLines(list)).toBe(
    'deb-src [signed-by=/usr/share/keyrings/a.gpg] http://mirror.example/debian bookworm main\n' +
      'deb-src http://mirror.example/debian bookworm-updates main contrib\n',
  );
  expect(sourceLines('')).toBe('');
});

it('asks for the sources of what stanzas name', () => {
  const stanzas = `Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates

Types: deb deb-src
URIs: http://mirror.example/security
`;
  expect(sourceStanzas(stanzas)).toBe(`Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates

Types: deb-src
URIs: http://mirror.example/security
`);
});
