import { randomBytes } from 'node:crypto';
import type { IceParameters, TransportParameters } from '@spillway/protocol';
import { type OfferedSection, type Peer, readIceFragment, writeIceFragment } from '@spillway/sdp';
import { decidePatch } from './patch-decision.ts';

/** The server's end of an ICE session. */
export interface IceEnd {
  readonly transportParameters: TransportParameters;
  restartIce(): Promise<IceParameters>;
}

/** What the client offered. */
export interface IceOffer extends Pick<Peer, 'ice'> {
  readonly sections: readonly OfferedSection[];
}

function newEtag(): string {
  return `"${randomBytes(12).toString('base64url')}"`;
}

/** The ICE session of a WHIP or WHEP session: its entity tag, and its restarts by PATCH. */
export class IceSession {
  readonly #offer: IceOffer;
  readonly #end: IceEnd;
  #etag = newEtag();
  #usernameFragment: string;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(offer: IceOffer, end: IceEnd) {
    this.#offer = offer;
    this.#end = end;
    this.#usernameFragment = offer.ice.usernameFragment;
  }

  /** A strong entity tag, in its quotes; another one after every restart. */
  get etag(): string {
    return this.#etag;
  }

  /**
   * Takes the body of a PATCH. The client's candidates are checked and not used: the server is ICE-lite. Requests that
   * overlap are taken one after the other.
   *
   * @returns the body of the answer to a restart; undefined when there was none
   * @throws {SdpError} `malformed`
   * @throws {SpillwayError} `precondition-required`, `precondition-failed`, `unavailable`
   */
  patch(ifMatch: string | undefined, body: string): Promise<string | undefined> {
    const { ice } = readIceFragment(body);
    const done = this.#queue.then(async () => {
      const decision = decidePatch({
        ifMatch,
        etag: this.#etag,
        present: this.#usernameFragment,
        offered: ice?.usernameFragment,
      });
      if (decision === 'trickle' || !ice) return undefined;
      const iceParameters = await this.#end.restartIce();
      this.#usernameFragment = ice.usernameFragment;
      this.#etag = newEtag();
      return writeIceFragment(this.#offer.sections, { ...this.#end.transportParameters, iceParameters });
    });
    this.#queue = done.catch(() => {});
    return done;
  }
}
