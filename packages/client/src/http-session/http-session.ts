import { TransportHealth } from '../transport-health.ts';
import { readRefusal } from './http-refusal.ts';
import { applyIceFragment, ICE_FRAGMENT, writeIceFragment } from './ice-fragment.ts';
import { type HttpLink, iceServersOf, parseLinks } from './link-header.ts';
import { Trickle } from './trickle.ts';

const REQUEST_MS = 10_000;
/** Longest description or fragment of a server that is read. Characters. */
const MAX_SDP = 200_000;
const SDP = 'application/sdp';

export interface HttpSessionOptions {
  /** URL of the WHIP or WHEP endpoint. */
  endpoint: URL;
  /** Bearer token, sent with every request. */
  token: string | undefined;
  iceTransportPolicy: RTCIceTransportPolicy;
  /** Gives a fresh peer connection what is to be sent or received. */
  prepare: (peer: RTCPeerConnection) => void;
  /** Changes the server's answer before the browser gets it. */
  reviewAnswer?: (sdp: string) => string;
  /** Media can flow (true), or no longer can (false). */
  pathChanged: (up: boolean) => void;
  /** The session cannot be mended, or the server has ended it. */
  lost: () => void;
}

/**
 * One session by WHIP (RFC 9725) or WHEP (draft-ietf-wish-whep): a peer connection, and the resource that stands for it on
 * the server. It trickles candidates, restarts ICE when the path breaks, and takes its resource away at the end, also when
 * the page is left.
 */
export class HttpSession {
  readonly #options: HttpSessionOptions;
  readonly #health: TransportHealth;
  readonly #handlePageHide = () => void this.#delete();
  #peer: RTCPeerConnection;
  #trickle: Trickle;
  #url: URL | undefined;
  #etag: string | undefined;
  #links: readonly HttpLink[] = [];
  #base: URL;
  #counterOffered = false;
  #left = false;
  #deleted: Promise<void> | undefined;

  constructor(options: HttpSessionOptions) {
    this.#options = options;
    this.#base = options.endpoint;
    this.#health = new TransportHealth({
      restart: () => this.#restartIce(),
      lost: () => this.#lose(),
      changed: options.pathChanged,
    });
    [this.#peer, this.#trickle] = this.#newPeer();
    addEventListener('pagehide', this.#handlePageHide);
  }

  get peer(): RTCPeerConnection {
    return this.#peer;
  }

  /** Links of the server's answer, with URLs relative to `base`. */
  get links(): readonly HttpLink[] {
    return this.#links;
  }

  get base(): URL {
    return this.#base;
  }

  /**
   * Offers, and takes the answer.
   *
   * @throws HttpRefusal when the server refuses; TypeError when it cannot be reached; DOMException when it takes too long or
   *   its answer is not usable
   */
  async open(): Promise<void> {
    const { endpoint, prepare, reviewAnswer = (sdp) => sdp } = this.#options;
    prepare(this.#peer);
    // Applied only when the answer is here, which may name the ICE servers to gather candidates with (RFC 9725, section 4.6).
    const offer = await this.#peer.createOffer();
    const response = await this.request(endpoint, {
      method: 'POST',
      headers: { 'content-type': SDP },
      body: offer.sdp ?? '',
    });
    this.#readHeaders(response);
    const isSdp = response.headers.get('content-type')?.toLowerCase().startsWith(SDP) ?? false;
    this.#counterOffered = response.status === 406 && isSdp && this.#url !== undefined;
    if (!response.ok && !this.#counterOffered) throw await readRefusal(response);
    if (this.#left) return void this.#delete();
    const sdp = await readSdp(response);
    if (this.#counterOffered) await this.#acceptCounterOffer(sdp);
    else {
      this.#useIceServers();
      await this.#peer.setLocalDescription(offer);
      await this.#peer.setRemoteDescription({ type: 'answer', sdp: reviewAnswer(sdp) });
    }
    if (this.#left) return;
    this.#trickle.release();
    this.#watchDtls();
  }

  /** A request with the token, to this session or one of its extensions. */
  request(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#options.token) headers.set('authorization', `Bearer ${this.#options.token}`);
    return fetch(url, { signal: AbortSignal.timeout(REQUEST_MS), ...init, headers });
  }

  /** Ends the session on the server; the last frame stays. Idempotent. */
  leave(): Promise<void> {
    this.#left = true;
    this.#health.close();
    this.#trickle.close();
    removeEventListener('pagehide', this.#handlePageHide);
    return this.#delete();
  }

  /** Ends the session, here too. Idempotent. Resolves when the server knows. */
  close(): Promise<void> {
    const told = this.leave();
    this.#peer.close();
    return told;
  }

  #newPeer(iceServers: RTCIceServer[] = []): [RTCPeerConnection, Trickle] {
    const { iceTransportPolicy } = this.#options;
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceTransportPolicy, iceServers });
    peer.addEventListener('connectionstatechange', () => {
      if (peer === this.#peer) this.#health.report(peer.connectionState);
    });
    return [peer, new Trickle(peer, (fragment) => this.#sendCandidates(fragment))];
  }

  #readHeaders({ url, headers }: Response): void {
    this.#base = new URL(url);
    this.#etag = headers.get('etag') ?? undefined;
    this.#links = parseLinks(headers.get('link'));
    const location = headers.get('location');
    // A server of another origin that does not expose the header leaves us without: it then ends sessions by itself.
    if (location && URL.canParse(location, url)) this.#url = new URL(location, url);
  }

  #useIceServers(): void {
    const iceServers = iceServersOf(this.#links);
    if (iceServers.length === 0) return;
    try {
      this.#peer.setConfiguration({ ...this.#peer.getConfiguration(), iceServers });
    } catch {
      // A URL that this browser does not take: there may be a path without that server.
    }
  }

  /** The server would not have our offer, but made one of its own (draft-ietf-wish-whep, section 4.3). */
  async #acceptCounterOffer(sdp: string): Promise<void> {
    this.#peer.close();
    [this.#peer, this.#trickle] = this.#newPeer(iceServersOf(this.#links));
    await this.#peer.setRemoteDescription({ type: 'offer', sdp });
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    const response = await this.#patch(SDP, this.#peer.localDescription?.sdp ?? '', this.#etag);
    if (!response.ok) throw await readRefusal(response);
    this.#etag = response.headers.get('etag') ?? this.#etag;
  }

  async #sendCandidates(fragment: string): Promise<void> {
    if (!this.#url) throw new Error('the server does not tell the session’s URL');
    const response = await this.#patch(ICE_FRAGMENT, fragment, this.#etag);
    if (!response.ok) throw await readRefusal(response);
  }

  async #restartIce(): Promise<void> {
    if (!this.#url || this.#counterOffered) throw new Error('this session has no ICE restart');
    this.#trickle.hold();
    await this.#peer.setLocalDescription(await this.#peer.createOffer({ iceRestart: true }));
    const fragment = writeIceFragment(this.#peer.localDescription?.sdp ?? '', [], false);
    const response = await this.#patch(ICE_FRAGMENT, fragment, '*');
    if (response.status !== 200) throw await readRefusal(response);
    const answer = await readSdp(response);
    this.#etag = response.headers.get('etag') ?? this.#etag;
    const before = this.#peer.currentRemoteDescription?.sdp ?? '';
    await this.#peer.setRemoteDescription({ type: 'answer', sdp: applyIceFragment(before, answer) });
    if (!this.#left) this.#trickle.release();
  }

  /** The end of DTLS is the server's way to end a session at once. */
  #watchDtls(): void {
    const [transceiver] = this.#peer.getTransceivers();
    const transport = transceiver?.receiver.transport ?? transceiver?.sender.transport;
    transport?.addEventListener('statechange', () => {
      if (transport.state === 'closed' || transport.state === 'failed') this.#lose();
    });
  }

  #lose(): void {
    if (this.#left) return;
    this.#left = true;
    this.#health.close();
    this.#options.pathChanged(false);
    this.#options.lost();
  }

  #patch(type: string, body: string, etag: string | undefined): Promise<Response> {
    const headers = { 'content-type': type, ...(etag ? { 'if-match': etag } : {}) };
    return this.request(this.#url ?? this.#base, { method: 'PATCH', headers, body });
  }

  /** Once, and only when there is something to take away. Never rejects: what fails expires on the server. */
  async #delete(): Promise<void> {
    if (!this.#url) return;
    this.#deleted ??= this.request(this.#url, { method: 'DELETE', keepalive: true }).then(
      () => undefined,
      () => undefined,
    );
    await this.#deleted;
  }
}

async function readSdp(response: Response): Promise<string> {
  const text = await response.text();
  if (text.length > MAX_SDP) throw new Error('the server’s description is too long');
  return text;
}
