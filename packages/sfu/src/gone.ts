import { SpillwayError } from '@spillway/protocol';
import { NotFoundError } from 'mediasoup/errors';
import type { Consumer, Router, Transport } from 'mediasoup/types';

/* Requests to the worker race with the end of what they are about. Neither the client nor the server has failed then. */

/** Waits for a request about a consumer. One that is gone meanwhile, with its producer or worker, needs it no more. */
export async function unlessGone(consumer: Consumer, request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    // The worker's answer may come before its notice that the consumer is closed.
    if (!consumer.closed && !(error instanceof NotFoundError)) throw error;
  }
}

/**
 * Waits for a request about a transport or a router. What mediasoup makes of an answer that comes after the owner's end
 * belongs to nobody, and is closed here.
 *
 * @throws {SpillwayError} `unavailable` when that is gone meanwhile
 */
export async function whileOpen<T>(owner: Router | Transport, request: Promise<T>): Promise<T> {
  const gone = () =>
    new SpillwayError('unavailable', 'the media path went meanwhile: watch or broadcast again');
  let made: T;
  try {
    made = await request;
  } catch (error) {
    throw owner.closed ? gone() : error;
  }
  if (owner.closed && isClosable(made)) {
    made.close();
    throw gone();
  }
  return made;
}

function isClosable(made: unknown): made is { close(): void } {
  return typeof made === 'object' && made !== null && 'close' in made && typeof made.close === 'function';
}
