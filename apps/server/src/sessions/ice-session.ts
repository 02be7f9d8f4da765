import { randomBytes } from 'node:crypto';
import { type IceParameters, SpillwayError, type TransportParameters } from '@spillway/protocol';
import { type IceCredentials, type OfferedSection, readIceFragment, writeIceFragment } from '@spillway/sdp';
import { decidePatch } from './patch-decision.ts';

/** The server's end of an ICE session. */
export interface IceEnd {
  readonly transportParameters: TransportParameters;
  restartIce(): Promise<IceParameters>;
}

/** What was offered, by the client or by the server. */
export interface IceOffer {
  /** The client's credentials; undefined until it has answered an offer of the server. */
  readonly ice?: IceCredentials;
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
  #usernameFragment: string | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(offer: IceOffer, end: IceEnd) {
    this.#offer = offer;
    this.#end = end;
    this.#usernameFragment = offer.ice?.usernameFragment;
  }

  /** A strong entity tag, in its quotes; another one after every restart. */
  get etag(): string {
    return this.#etag;
  }

  /** Takes the credentials of the client's answer. */
  begin({ usernameFragment }: IceCredentials): void {
    this.#usernameFragment = usernameFragment;
  }

  /**
   * Takes the body of a PATCH. The client's candidates are checked and not used: the server is ICE-lite. Requests that
   * overlap are taken one after the other.
   *
   * @returns the body of the answer to a restart; undefined when there was none
   * @throws {SdpError} `malformed`
   * @throws {SpillwayError} `precondition-required`, `precondition-failed`, `wrong-state` before the client's answer,
   * `unavailable`
   */
  patch(ifMatch: string | undefined, body: string): Promise<string | undefined> {
    const { ice } = readIceFragment(body);
    const done = this.#queue.then(async () => {
      if (this.#usernameFragment === undefined) {
        throw new SpillwayError('wrong-state', 'answer the offer first, by PATCH with application/sdp');
      }
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
