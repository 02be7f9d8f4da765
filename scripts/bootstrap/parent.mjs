const CHECK_MS = 1000;

/** Signals that ask to stop. The end of the terminal is one, as for any program. @type {readonly NodeJS.Signals[]} */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Tells when npm, which started this process, is gone: one that is killed can pass on no signal. Without npm nothing is
 * watched, because a shell that ends is no reason to stop.
 *
 * @param {() => void} onGone
 * @returns {() => void} stops watching
 */
export function watchParent(onGone) {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return () => {};
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, CHECK_MS).unref();
  return () => clearInterval(timer);
}
