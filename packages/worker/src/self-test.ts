import { fileURLToPath } from 'node:url';
import { CommandError, runCommand } from './command.ts';
import { interrupted, WorkerUnavailableError } from './errors.ts';

/** A generous bound on what takes about a second; every step inside has its own. */
const SELF_TEST_TIMEOUT_MS = 90_000;

/**
 * Proves a worker binary with a real WebRTC peer: ICE, DTLS, and SRTP in both directions over loopback.
 *
 * It runs in a process of its own: neither a worker that hangs nor native code that crashes reaches the caller.
 *
 * @throws {WorkerUnavailableError} that names the step that failed.
 */
export async function selfTest(
  workerBin: string,
  options: { readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { NODE_OPTIONS: _, ...env } = options.env ?? process.env;
  const script = fileURLToPath(new URL('./self-test-peer.ts', import.meta.url));

  try {
    await runCommand(process.execPath, [script, workerBin], {
      env,
      signal: options.signal,
      timeout: SELF_TEST_TIMEOUT_MS,
    });
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    if (error.failure === 'aborted') {
      throw interrupted(error);
    }
    throw new WorkerUnavailableError(
      'WORKER_TEST_FAILED',
      `The mediasoup-worker ${workerBin} failed its test: ${error.lastLines.slice(-5).join('\n') || error.message}`,
      'It was not kept. Start again to make a new one, or set MEDIASOUP_WORKER_BIN to one built elsewhere.',
      { cause: error },
    );
  }
}
