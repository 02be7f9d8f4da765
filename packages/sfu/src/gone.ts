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
 * Waits for a request about a transport or a router.
 *
 * @throws {SpillwayError} `unavailable` when that is gone meanwhile
 */
export async function whileOpen<T>(owner: Router | Transport, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!owner.closed) throw error;
    throw new SpillwayError('unavailable', 'the media path went meanwhile: watch or broadcast again');
  }
}
