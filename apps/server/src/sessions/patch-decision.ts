import { SpillwayError } from '@spillway/protocol';

export interface IcePatch {
  /** The If-Match header. */
  readonly ifMatch: string | undefined;
  /** Entity tag of the present ICE session, quotes included. */
  readonly etag: string;
  /** The client's present username fragment. */
  readonly present: string;
  /** The username fragment of the request; undefined when it has none. */
  readonly offered: string | undefined;
}

/**
 * What a PATCH with ICE information asks for (RFC 9725, section 4.3): more candidates, or an ICE restart.
 *
 * Only another username fragment is a restart, whatever If-Match says: there are clients that send `*` with every PATCH.
 *
 * @throws {SpillwayError} `precondition-required`, `precondition-failed`
 */
export function decidePatch({ ifMatch, etag, present, offered }: IcePatch): 'trickle' | 'restart' {
  if (ifMatch === undefined) {
    throw new SpillwayError(
      'precondition-required',
      'If-Match is missing; send the ETag of the session, or * to restart ICE',
    );
  }
  // The examples of the standard put the asterisk in quotes.
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.some((tag) => tag === '*' || tag === '"*"' || tag === etag)) {
    throw new SpillwayError(
      'precondition-failed',
      'If-Match names another ICE session than the present one; restart ICE with If-Match: *',
    );
  }
  return offered !== undefined && offered !== present ? 'restart' : 'trickle';
}
