/**
 * Runs parts of a test at the same time, to its end each, and then fails with all that went wrong.
 *
 * @param parts by names, for the message
 */
export async function together(parts: Readonly<Record<string, () => Promise<void>>>): Promise<void> {
  const entries = Object.entries(parts);
  const results = await Promise.allSettled(entries.map(([, run]) => run()));
  const wrong = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ name: entries[index]?.[0], error: result.reason }] : [],
  );
  if (wrong.length === 0) return;
  const words = wrong.map(({ name, error }) => `${name}: ${error instanceof Error ? error.message : error}`);
  throw new Error(words.join('\n\n'), { cause: wrong[0]?.error });
}
