/**
 * Runs asynchronous jobs one after the other, in the order in which they were given. A job that fails does not stop the
 * next.
 */
export function serial(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const next = last.then(job, job);
    last = next.catch(() => {});
    return next;
  };
}
