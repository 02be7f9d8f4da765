// Loaded into a program that scripts/run.mjs runs: when that process dies without a word, this one stops too, and what
// it has started with it.

/** Milliseconds to stop in before all is killed. */
const GRACE_MS = 15_000;

process.once('disconnect', () => {
  setTimeout(() => process.kill(-process.pid, 'SIGKILL'), GRACE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
// Waiting for that is no reason to stay alive.
process.channel?.unref();
