import { HttpRefusal, refusalMeaning } from '../../http-session/http-refusal.ts';
import type { Closing } from '../../signaling.ts';
import { NoCodecError } from '../video-sender.ts';

/**
 * Why a broadcast by WHIP did not start or has ended:
 *
 * - `whip-unreachable` the server does not answer, or does not let pages of other origins use it
 * - `whip-unauthorized` the token is missing or wrong
 * - `whip-not-found` there is nothing at this URL
 * - `whip-busy` somebody else broadcasts there
 * - `whip-unavailable` the server cannot now
 * - `whip-refused` the server does not take the offer
 * - `whip-no-path` the server answers, but media does not reach it
 * - `no-codec` the browser and the server have no codec in common, or not the chosen one
 * - `failed` anything else
 */
export function whipClosing(error: unknown): Closing {
  const reason = error instanceof Error ? error.message : String(error);
  return { code: codeOf(error), reason };
}

/** Media does not reach a server that answers. */
export class NoPathError extends Error {
  override readonly name = 'NoPathError';
}

function codeOf(error: unknown): string {
  if (error instanceof HttpRefusal) {
    if (error.status === 404) return 'whip-not-found';
    const codes = { unauthorized: 'unauthorized', offline: 'busy', busy: 'unavailable', final: 'refused' };
    return `whip-${codes[refusalMeaning(error.status)]}`;
  }
  if (error instanceof NoPathError) return 'whip-no-path';
  if (error instanceof NoCodecError) return 'no-codec';
  // What `fetch` throws without an answer.
  if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) {
    return 'whip-unreachable';
  }
  return 'failed';
}
