import Negotiator from 'negotiator';
import { PROBLEM_TYPE, refusalOf } from '../problem.ts';
import { SDP } from './media-types.ts';

/**
 * Whether a client that is refused takes SDP: by name, by a wildcard, or because it names nothing. Who prefers to read
 * why it was refused names `application/problem+json` alone, or first.
 *
 * @param accept the Accept header
 */
export function takesOffer(accept: string | undefined): boolean {
  const headers = accept === undefined ? {} : { accept };
  return new Negotiator({ headers }).mediaType([SDP, PROBLEM_TYPE]) === SDP;
}

/**
 * The server's own offer to a client whose offer could not be taken (WHEP, 406).
 *
 * @param accept the Accept header
 * @throws the error itself, where it is another one, where the client takes no offer, or where none can be made
 */
export async function counterTo<T>(
  error: unknown,
  accept: string | undefined,
  counter: () => Promise<T>,
): Promise<T> {
  if (!(error instanceof Error) || refusalOf(error).status !== 406 || !takesOffer(accept)) throw error;
  return counter().catch(() => {
    throw error;
  });
}
