import { writeIceFragment } from './ice-fragment.ts';

/** For how long candidates are collected, so that most go in one request. */
const BATCH_MS = 100;

/**
 * Tells the server of this end's ICE candidates as they are found (RFC 8840). They wait until `release()`: the server
 * first has to name the session, or to answer a restart.
 */
export class Trickle {
  readonly #peer: RTCPeerConnection;
  readonly #send: (fragment: string) => Promise<void>;
  #candidates: string[] = [];
  #complete = false;
  #held = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param send Sends a fragment. Its rejection ends the trickle: a server need not know how to. */
  constructor(peer: RTCPeerConnection, send: (fragment: string) => Promise<void>) {
    this.#peer = peer;
    this.#send = send;
    peer.addEventListener('icecandidate', ({ candidate }) => this.#take(candidate));
  }

  /** Lets go what has come, and what will come. */
  release(): void {
    this.#held = false;
    if (this.#candidates.length > 0 || this.#complete) this.#sendSoon();
  }

  /** Keeps what comes from now on, and forgets what has not been sent: ICE begins anew. */
  hold(): void {
    this.close();
    this.#candidates = [];
    this.#complete = false;
  }

  /** Sends no more. Idempotent. */
  close(): void {
    this.#held = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(candidate: RTCIceCandidate | null): void {
    // An empty candidate ends one generation; null all of them.
    if (candidate?.candidate) this.#candidates.push(candidate.candidate);
    else if (!candidate) this.#complete = true;
    if (!this.#held) this.#sendSoon();
  }

  #sendSoon(): void {
    if (this.#complete) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#flush();
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#flush();
      }, BATCH_MS);
    }
  }

  #flush(): void {
    const { localDescription } = this.#peer;
    if (!localDescription) return;
    const fragment = writeIceFragment(localDescription.sdp, this.#candidates, this.#complete);
    this.#candidates = [];
    this.#send(fragment).catch(() => this.close());
  }
}
