// Loaded into a program that scripts/run.mjs runs: when that process dies without a word, this one stops too, and with
// it what it has started in its process group.

/** Milliseconds to stop in before all is killed. */
const GRACE_MS = 15_000;

const killGroup = () => process.kill(-process.pid, 'SIGKILL');

process.once('disconnect', () => {
  process.once('exit', killGroup);
  setTimeout(killGroup, GRACE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
// Waiting for that is no reason to stay alive.
process.channel?.unref();
