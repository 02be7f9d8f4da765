import type {
  RtpCapabilities as ClientCapabilities,
  DtlsParameters,
  MediaKind,
  Playback,
  TransportParameters,
  ViewerInfo,
} from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { Broadcast } from './broadcast.ts';
import type { LayerGuard } from './layer-guard.ts';
import type { SilenceWatch } from './silence-watch.ts';
import { type Enter, Viewer } from './viewer.ts';

/** How a client negotiates by offer and answer, once. */
export interface Negotiation {
  readonly by: Exclude<ViewerInfo['by'], 'signaling'>;
  /** Of the offer's m-sections: which kinds the client receives, and their names in the MID header extension. */
  readonly mids: Readonly<Partial<Record<MediaKind, string>>>;
  /** Who it is, for what one client may have of a room. Default: nobody in particular. */
  readonly client?: string;
  /** Whether the client answers ICE consent checks (RFC 7675) and may send no RTCP. Default false: the other way round. */
  readonly checksConsent?: boolean;
  /** Whether the client knows its media by the SSRCs of the answer alone, and drops all others. Default false. */
  readonly routesBySsrc?: boolean;
}

/** Who looks after viewers that say nothing themselves. */
export interface Watches {
  /** Finds out that a client is gone. */
  readonly silence: SilenceWatch;
  readonly layers: LayerGuard;
}

/** RTP parameters, of which the first codec is that of the media. */
interface Coded {
  readonly codecs: readonly { readonly payloadType: number }[];
}

/** ICE or DTLS that has ended for good. */
const ENDED = new Set(['closed', 'failed']);

/**
 * A viewer that has said all it will ever say in its offer (WHEP). It plays whatever comes under the payload types that it
 * offered: a change of the broadcast is a new SSRC on the same m-line, and needs no word of the client.
 */
export class NegotiatedViewer extends Viewer {
  readonly #watches: Watches;
  readonly #negotiation: Negotiation;
  /** What it was told the SSRC of. */
  readonly #announced = new Set<MediaKind>();
  #accepted: ReadonlySet<number> | undefined;
  #started = false;

  constructor(id: string, capabilities: ClientCapabilities, negotiation: Negotiation, watches: Watches) {
    super(id, capabilities, {
      ...negotiation,
      payloadTypes: 'own',
      // GStreamer sends no ICE consent checks; silence tells of clients that are gone.
      ...(negotiation.checksConsent ? {} : { iceConsentTimeout: 0 }),
    });
    this.#watches = watches;
    this.#negotiation = negotiation;
  }

  /**
   * Makes its transport, connects it, and plays what there is.
   *
   * @throws {SpillwayError} `not-live` when there is nothing to play, `not-acceptable` when the client has no codec of it,
   * `unavailable` when the worker dies meanwhile, or with `retryAfter` when too many join
   */
  async join(
    enter: Enter,
    findBroadcast: () => Broadcast | undefined,
    dtlsParameters: DtlsParameters,
  ): Promise<TransportParameters> {
    const transportParameters = await this.prepare(enter, findBroadcast);
    await this.start(dtlsParameters);
    return transportParameters;
  }

  /**
   * Makes its transport and what there is to play, before the client has said how it connects: for an offer of the server.
   *
   * @throws {SpillwayError} as {@link join}
   */
  async prepare(enter: Enter, findBroadcast: () => Broadcast | undefined): Promise<TransportParameters> {
    const playback = await this.watch(enter, findBroadcast, true);
    if (playback.unsupportedCodec) {
      const { unsupportedCodec } = playback;
      throw new SpillwayError(
        'not-acceptable',
        `the broadcast's video is ${unsupportedCodec}, of which the offer has no payload type that can be used`,
      );
    }
    if (playback.kinds.length > 0 && playback.consumers.length === 0) {
      throw new SpillwayError('not-acceptable', 'the offer has no codec of what is live in this room');
    }
    const transport = this.transport;
    if (!transport || !playback.transport) {
      throw new SpillwayError('not-live', 'nothing is live in this room', { retryAfter: 2 });
    }
    for (const { kind } of playback.consumers) this.#announced.add(kind);
    transport.on('dtlsstatechange', (state) => {
      if (ENDED.has(state)) this.close(`DTLS ${state}`);
    });
    const { silence, layers } = this.#watches;
    if (this.#negotiation.checksConsent) {
      transport.on('icestatechange', (state) => {
        if (state === 'disconnected') this.close('the client is gone: its ICE consent has expired');
      });
    } else {
      silence.add(transport, { onSilent: () => this.close('the client is gone: nothing comes from it') });
    }
    layers.add(this);
    this.once('closed', () => layers.remove(this));
    return playback.transport;
  }

  /**
   * Connects what was prepared, and plays.
   *
   * @param accepted payload types that the client takes; default: all of its capabilities
   * @throws {SpillwayError} `not-acceptable` when the client takes nothing of what is live
   */
  async start(dtlsParameters: DtlsParameters, accepted?: ReadonlySet<number>): Promise<void> {
    this.#accepted = accepted;
    const taken = this.#taken(this.consumers);
    if (taken.length === 0) {
      throw new SpillwayError('not-acceptable', 'the answer takes nothing of what is live in this room');
    }
    this.#started = true;
    await this.play(taken, dtlsParameters);
  }

  /** Plays what is new. */
  override async present(playback: Playback): Promise<void> {
    // What comes before the start is played with it.
    if (playback.consumers.length === 0 || !this.#started) return;
    const { routesBySsrc = false } = this.#negotiation;
    if (routesBySsrc && playback.consumers.some(({ kind }) => this.#announced.has(kind))) {
      // A connection that ends is noticed and made again; one that has gone deaf is not.
      this.close('the broadcast has changed, and the client cannot follow a new SSRC');
      return;
    }
    await this.play(this.#taken(playback.consumers));
  }

  /** Ids of those consumers whose payload types the client takes. */
  #taken(consumers: readonly { readonly id: string; readonly rtpParameters: Coded }[]): string[] {
    const accepted = this.#accepted;
    return consumers
      .filter(({ rtpParameters }) => {
        const payloadType = rtpParameters.codecs[0]?.payloadType;
        return !accepted || (payloadType !== undefined && accepted.has(payloadType));
      })
      .map(({ id }) => id);
  }

  /** Without a transport there is nothing left of what was negotiated. */
  override lose(reason: string): void {
    this.close(reason);
  }
}
