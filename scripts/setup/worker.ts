import { note, runStep, StepError } from '../bootstrap/steps.mjs';

/** Milliseconds in which a worker that was found before is found again. Only what takes longer is worth a line. */
const QUIET_MS = 400;

/** Finds or makes the mediasoup worker. @throws StepError with what failed and what to do */
export async function ensureWorker(signal: AbortSignal): Promise<void> {
  const { findWorker, WorkerUnavailableError } = await import('../../packages/worker/src/index.ts');
  let last = '';
  let show = (text: string) => {
    last = text;
  };
  const found = findWorker({ signal, log: (line) => show(line) });
  const work = async () => {
    try {
      return await found;
    } catch (error) {
      if (!(error instanceof WorkerUnavailableError)) throw error;
      throw new StepError(error.problem, { advice: error.remedy, cause: error });
    }
  };
  const quick = await Promise.race([
    found.then(
      () => true,
      () => true,
    ),
    new Promise<false>((resolve) => setTimeout(resolve, QUIET_MS, false).unref()),
  ]);
  if (quick) return void (await work());
  const { origin, version } = await runStep('preparing the mediasoup worker', (detail) => {
    show = detail;
    detail(last);
    return work();
  });
  if (origin === 'download' || origin === 'build') note(`mediasoup worker ${version}: ${origin}`);
}
