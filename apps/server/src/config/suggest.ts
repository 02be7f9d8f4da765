/** Edits between two words: insertions, deletions, substitutions and swaps of neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const plain = (word: string) => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The known word that was probably meant, or nothing when none is near. Case, `_` and `-` do not count. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word).slice(0, 64);
  let found: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const name = plain(candidate);
    const contained = wanted.length >= 3 && (name.includes(wanted) || wanted.includes(name));
    const edits = distance(wanted, name);
    const near = edits <= Math.max(1, Math.floor(Math.max(wanted.length, name.length) / 3));
    if ((near || contained) && edits < least) {
      least = edits;
      found = candidate;
    }
  }
  return found;
}
