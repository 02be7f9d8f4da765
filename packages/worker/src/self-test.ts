import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import { commandFailure } from './command-failure.ts';

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
    throw commandFailure(error, {
      code: 'WORKER_TEST_FAILED',
      problem: ({ message, lastLines }) =>
        `The mediasoup-worker ${workerBin} failed its test: ${lastLines.slice(-5).join('\n') || message}`,
      remedy:
        'It was not kept. Start again to make a new one, or set MEDIASOUP_WORKER_BIN to one built elsewhere.',
    });
  }
}
