import { randomUUID } from 'node:crypto';
import {
  type RoomSourceStatus,
  type RtpCapabilities,
  SpillwayError,
  type ViewerInfo,
} from '@spillway/protocol';
import {
  counterCapabilities,
  counterOfferMids,
  readPlayOffer,
  writePlayAnswer,
  writePlayOffer,
} from '@spillway/sdp';
import {
  type NegotiatedViewer,
  type Negotiation,
  publishedCapabilities,
  type Room,
  type Sfu,
} from '@spillway/sfu';
import type { ManagedRoom } from '../rooms/managed-room.ts';
import { whenLive } from '../rooms/when-live.ts';
import { IceSession } from './ice-session.ts';
import { PlayEvents } from './play-events.ts';
import { PlaySession } from './play-session.ts';
import { SessionRegistry } from './session-registry.ts';

export interface PlaySessionsOptions {
  readonly sfu: Sfu;
  readonly startSeconds: number;
  readonly connectSeconds: number;
  /** Viewers of all rooms together. */
  readonly maxViewers: number;
  /** @throws {SpillwayError} `not-found` */
  getRoom(name: string): ManagedRoom;
  /** A viewer has joined: seconds from its offer to the answer. */
  observeJoin(seconds: number): void;
}

export interface PlayRequest {
  readonly room: string;
  readonly by: Exclude<ViewerInfo['by'], 'signaling'>;
  /** Who asks, by {@link clientKey}. */
  readonly client: string;
  readonly sdp: string;
  /** The client has gone meanwhile. */
  readonly gone: AbortSignal;
}

/** The server's own offer. */
interface Counter {
  readonly session: PlaySession;
  readonly offer: string;
  /** Until when it may be answered. */
  readonly validUntil: Date;
}

/** Seconds after which a client may ask again: for a broadcast, a worker, or a viewer's place. */
const RETRY_AFTER = { live: 2, worker: 2, place: 10 };

/** What the server offers of its own accord. */
const offered = counterCapabilities(publishedCapabilities);

/** Whether a source may go live by itself, once there is a viewer. */
function canStart({ stopped, state, backups }: RoomSourceStatus): boolean {
  return !stopped && [state, ...backups.map((backup) => backup.state)].some((each) => each !== 'failed');
}

/** The sessions of clients that play by an offer: WHEP, and plain offers. */
export class PlaySessions {
  readonly #options: PlaySessionsOptions;
  readonly #registry: SessionRegistry<PlaySession>;
  readonly #events = new PlayEvents();

  constructor(options: PlaySessionsOptions) {
    this.#options = options;
    this.#registry = new SessionRegistry(options.connectSeconds * 1000);
  }

  get size(): number {
    return this.#registry.size;
  }

  /**
   * Makes the client of an offer a viewer. Where the room has a source that may start, waits for that.
   *
   * @throws {SdpError} when the offer cannot be taken
   * @throws {SpillwayError} `not-found`, `not-live`, `not-acceptable`, `unavailable`
   */
  async open(request: PlayRequest): Promise<{ session: PlaySession; answer: string }> {
    const since = performance.now();
    const offer = readPlayOffer(request.sdp, publishedCapabilities);
    const managed = this.#options.getRoom(request.room);
    const { room } = managed;
    const source = room.state === 'offline' ? managed.source?.status() : undefined;
    if (room.state === 'offline' && !(source && canStart(source))) throw notLive(request.room);
    const { by, client } = request;
    const { capabilities, mids, routesBySsrc, checksConsent } = offer;
    const viewer = this.#addViewer(room, capabilities, { by, client, mids, routesBySsrc, checksConsent });
    try {
      if (source) await this.#waitForSource(room, viewer, request.gone);
      const transportParameters = await whileThere(
        viewer,
        request.gone,
        room.join(viewer, offer.dtlsParameters),
      );
      if (request.gone.aborted || viewer.closed) {
        throw new SpillwayError('unavailable', 'the viewer is gone already', {
          retryAfter: RETRY_AFTER.live,
        });
      }
      const answer = writePlayAnswer(offer, transportParameters, offer.routesBySsrc ? ssrcsOf(viewer) : {});
      const ice = new IceSession(offer, { transportParameters, restartIce: () => viewer.restartIce() });
      const session = new PlaySession({ room, viewer, offer, ice, events: this.#events });
      this.#registry.add(session);
      this.#options.observeJoin((performance.now() - since) / 1000);
      return { session, answer };
    } catch (error) {
      viewer.close('it could not join');
      throw error;
    }
  }

  /**
   * Offers to a client whose offer could not be taken. Its session is a viewer's until it has answered in time, or not.
   *
   * @throws {SpillwayError} `not-found`, `not-live`, `unavailable`
   */
  async counter({ room: name, by, client, gone }: PlayRequest): Promise<Counter> {
    const validUntil = new Date(Date.now() + this.#options.connectSeconds * 1000);
    const { room } = this.#options.getRoom(name);
    if (room.state === 'offline') throw notLive(name);
    const viewer = this.#addViewer(room, offered, { by, client, mids: counterOfferMids });
    const transportParameters = await whileThere(viewer, gone, room.prepare(viewer));
    if (gone.aborted || viewer.closed) {
      viewer.close('the client is gone');
      throw new SpillwayError('unavailable', 'the viewer is gone already');
    }
    const { sdp, sections } = writePlayOffer(offered, transportParameters);
    const offer = { sections, rejected: [] };
    const ice = new IceSession(offer, { transportParameters, restartIce: () => viewer.restartIce() });
    const session = new PlaySession({ room, viewer, offer, ice, events: this.#events, offered });
    this.#registry.add(session);
    return { session, offer: sdp, validUntil };
  }

  /** @throws {SpillwayError} `not-found` */
  get(room: string, id: string): PlaySession {
    return this.#registry.get(room, id);
  }

  /** Ends all; clients that read events are told to come back. */
  async close(reason: string): Promise<void> {
    await this.#events.close();
    this.#registry.close(reason);
  }

  #addViewer(room: Room, capabilities: RtpCapabilities, negotiation: Negotiation): NegotiatedViewer {
    const { sfu, maxViewers } = this.#options;
    if (room.workerIndex === undefined) {
      const retryAfter = RETRY_AFTER.worker;
      throw new SpillwayError('unavailable', 'no media worker is up; try again', { retryAfter });
    }
    const full = (what: string) => new SpillwayError('unavailable', what, { retryAfter: RETRY_AFTER.place });
    if (sfu.viewerCount >= maxViewers) throw full(`the server is full (${maxViewers} viewers)`);
    try {
      return room.addViewer(randomUUID(), capabilities, negotiation);
    } catch (error) {
      if (error instanceof SpillwayError && error.code === 'too-many') throw full(error.message);
      throw error;
    }
  }

  async #waitForSource(room: Room, viewer: NegotiatedViewer, gone: AbortSignal): Promise<void> {
    const removed = new AbortController();
    const remove = () => removed.abort();
    viewer.once('closed', remove);
    const time = AbortSignal.timeout(this.#options.startSeconds * 1000);
    const live = await whenLive(room, AbortSignal.any([time, gone, removed.signal]));
    viewer.off('closed', remove);
    if (!live || viewer.closed) throw notLive(room.name);
  }
}

/** Waits for a request. Who hangs up meanwhile gives its turn to join to the next. */
async function whileThere<T>(viewer: NegotiatedViewer, gone: AbortSignal, request: Promise<T>): Promise<T> {
  const hangUp = () => viewer.close('the client is gone');
  gone.addEventListener('abort', hangUp, { once: true });
  try {
    return await request;
  } finally {
    gone.removeEventListener('abort', hangUp);
  }
}

function notLive(room: string): SpillwayError {
  return new SpillwayError('not-live', `nothing is live in room ${room}; try again`, {
    retryAfter: RETRY_AFTER.live,
  });
}

/** For clients that find a medium by its SSRC. */
function ssrcsOf(viewer: NegotiatedViewer) {
  return Object.fromEntries(
    viewer.consumers.map(({ kind, rtpParameters }) => [kind, rtpParameters.encodings?.[0]?.ssrc]),
  );
}
