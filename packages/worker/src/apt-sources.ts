/** Turns lines of sources.list(5) for packages into lines for their sources. */
export function sourceLines(list: string): string {
  const lines = list.split('\n').flatMap((line) => /^\s*deb\s+(.*)$/.exec(line)?.[1] ?? []);

  return lines.map((rest) => `deb-src ${rest}\n`).join('');
}

/** Turns stanzas in the format of deb822(5) for packages into stanzas for their sources. */
export function sourceStanzas(stanzas: string): string {
  return stanzas.replace(/^Types:.*$/gim, 'Types: deb-src');
}
