import { stderr } from 'node:process';
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
  // The server says it at each start; here it is news when something is made.
  const notices: string[] = [];
  let tell = (text: string) => void notices.push(text);
  const found = findWorker({ signal, log: (line) => show(line), notice: (line) => tell(line) });
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
    tell = (text) => {
      if (stderr.isTTY) stderr.write('\r\u001b[K');
      note(text);
    };
    notices.forEach(tell);
    detail(last);
    return work();
  });
  if (origin === 'download' || origin === 'build') note(`mediasoup worker ${version}: ${origin}`);
}
