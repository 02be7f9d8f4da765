/**
 * Runs a task now and then again after each `intervalMs`, while the page is visible; at once when it becomes so. A run
 * that takes long delays the next. The task handles its own errors.
 *
 * @returns runs it at once.
 */
export function poll(task: () => Promise<void>, intervalMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  const run = async () => {
    clearTimeout(timer);
    if (running || document.hidden) return;
    running = true;
    await task();
    running = false;
    timer = setTimeout(run, intervalMs);
  };
  document.addEventListener('visibilitychange', run);
  void run();
  return run;
}
