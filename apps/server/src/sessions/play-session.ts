import { type RtpCapabilities, SpillwayError } from '@spillway/protocol';
import { type OfferedSection, type RejectedSection, readPlayAnswer } from '@spillway/sdp';
import type { NegotiatedViewer, Room } from '@spillway/sfu';
import { EventStream } from './event-stream.ts';
import type { IceSession } from './ice-session.ts';
import { chooseLayers, type LayerWish } from './layer-choice.ts';
import type { PlayEvents } from './play-events.ts';
import { Session } from './session.ts';

/** Streams of events of one session at the same time. */
const MAX_STREAMS = 4;

export interface PlaySessionParts {
  readonly room: Room;
  readonly viewer: NegotiatedViewer;
  readonly offer: {
    readonly sections: readonly OfferedSection[];
    readonly rejected: readonly RejectedSection[];
  };
  /** What the server has offered, where it waits for the client's answer. */
  readonly offered?: RtpCapabilities;
  readonly ice: IceSession;
  readonly events: PlayEvents;
}

/** The session of a client that plays by an offer. */
export class PlaySession extends Session {
  readonly #room: Room;
  readonly #viewer: NegotiatedViewer;
  readonly #events: PlayEvents;
  /** Index of the m-line of the video; -1 without one. */
  readonly #videoLine: number;
  #offered: RtpCapabilities | undefined;
  readonly #streams = new Map<string, { readonly stream: EventStream; leave(): void }>();

  constructor({ room, viewer, offer, ice, events, offered }: PlaySessionParts) {
    super(room.name, ice, {
      isConnected: () => viewer.info.path !== undefined,
      end: (reason) => viewer.close(reason),
      close: (reason) => viewer.close(reason),
    });
    this.#room = room;
    this.#viewer = viewer;
    this.#events = events;
    this.#offered = offered;
    this.#videoLine = videoLineOf(offer);
    viewer.once('closed', (reason) => this.close(reason));
    this.once('closed', () => {
      for (const id of [...this.#streams.keys()]) this.removeStream(id);
    });
  }

  /**
   * Takes the client's answer to the server's offer, and plays.
   *
   * @throws {SdpError} when it cannot be read; another one may come
   * @throws {SpillwayError} `wrong-state` when no answer is waited for, `not-acceptable` when it takes nothing of what is
   * live; the session ends then
   */
  async takeAnswer(sdp: string): Promise<void> {
    if (!this.#offered) throw new SpillwayError('wrong-state', 'this session waits for no answer');
    const { ice, dtlsParameters, payloadTypes } = readPlayAnswer(sdp, this.#offered);
    this.#offered = undefined;
    this.ice.begin(ice);
    try {
      await this.#viewer.start(dtlsParameters, payloadTypes);
    } catch (error) {
      this.close('its answer could not be taken');
      throw error;
    }
  }

  /** @throws {SpillwayError} `unprocessable` when what is live has no such layer */
  async setLayer(wish: LayerWish): Promise<void> {
    const layers = this.#room.broadcast?.tracks.get('video')?.layers ?? [];
    const { spatialLayer, temporalLayer } = chooseLayers(wish, layers, this.#videoLine);
    await this.#viewer.setLayer(spatialLayer, temporalLayer);
  }

  /**
   * Makes a stream of events.
   *
   * @param names of those that are wanted
   * @throws {SpillwayError} `too-many`
   */
  openStream(names: readonly string[]): EventStream {
    if (this.#streams.size >= MAX_STREAMS) {
      throw new SpillwayError('too-many', `a session has ${MAX_STREAMS} streams at most; delete one`);
    }
    const stream = new EventStream(names);
    const leave = this.#events.listen(this.#room, { stream, videoLine: this.#videoLine });
    this.#streams.set(stream.id, { stream, leave });
    return stream;
  }

  /** @throws {SpillwayError} `not-found` */
  getStream(id: string): EventStream {
    return this.#requireStream(id).stream;
  }

  /** @throws {SpillwayError} `not-found` */
  removeStream(id: string): void {
    const { stream, leave } = this.#requireStream(id);
    this.#streams.delete(id);
    leave();
    stream.close();
  }

  #requireStream(id: string) {
    const found = this.#streams.get(id);
    if (!found) throw new SpillwayError('not-found', 'there is no such stream of events, or it has ended');
    return found;
  }
}

/** Index of the m-line of the video among all of an offer; -1 without one. */
function videoLineOf({ sections, rejected }: PlaySessionParts['offer']): number {
  const turnedDown = new Set(rejected.map(({ index }) => index));
  const lines = Array.from({ length: sections.length + rejected.length }, (_, index) => index);
  const taken = lines.filter((index) => !turnedDown.has(index));
  return taken[sections.findIndex(({ kind }) => kind === 'video')] ?? -1;
}
