import { SpillwayError } from '@spillway/protocol';
import { type PublishOffer, readPublishOffer, SdpError, writePublishAnswer } from '@spillway/sdp';
import { publishedCapabilities, type Room, type WebRtcBroadcaster } from '@spillway/sfu';
import { IceSession } from './ice-session.ts';
import { Session } from './session.ts';
import { SessionRegistry } from './session-registry.ts';

export interface PublishSessionsOptions {
  readonly connectSeconds: number;
  /** @throws {SpillwayError} `unauthorized` */
  checkPublishing(room: string, credential: string | undefined): Promise<void>;
  /** The room, made where it is missing. */
  openRoom(name: string): Promise<Room>;
}

export interface PublishRequest {
  readonly room: string;
  readonly credential: string | undefined;
  readonly sdp: string;
  /** End another broadcaster's broadcast instead of being refused. */
  readonly takeover: boolean;
  /** The client has gone meanwhile. */
  readonly gone: AbortSignal;
}

/** Seconds after which a room without a worker has one again, as a rule. */
const WORKER_RETRY = 2;

/** The sessions of WHIP clients (RFC 9725): each is the broadcaster of its room. */
export class PublishSessions {
  readonly #options: PublishSessionsOptions;
  readonly #registry: SessionRegistry<Session>;

  constructor(options: PublishSessionsOptions) {
    this.#options = options;
    this.#registry = new SessionRegistry(options.connectSeconds * 1000);
  }

  get size(): number {
    return this.#registry.size;
  }

  /**
   * Makes the client of an offer the broadcaster.
   *
   * @throws {SdpError} when the offer is malformed
   * @throws {SpillwayError} `unauthorized`, `room-busy`, `unprocessable`, `unavailable`
   */
  async open(request: PublishRequest): Promise<{ session: Session; answer: string }> {
    await this.#options.checkPublishing(request.room, request.credential);
    const offer = readOffer(request.sdp);
    const room = await this.#options.openRoom(request.room);
    if (room.workerIndex === undefined) {
      throw new SpillwayError('unavailable', 'no media worker is up; try again', {
        retryAfter: WORKER_RETRY,
      });
    }
    const before = room.broadcast;
    const { broadcaster } = await room.openBroadcaster({
      broadcaster: 'whip',
      // An encoder that comes back takes its broadcast back, so that viewers go on: it has no other secret than its key.
      resume: before?.broadcaster === 'whip' ? before.resume : undefined,
      takeover: request.takeover,
    });
    try {
      await start(broadcaster, offer);
      if (request.gone.aborted || broadcaster.closed) {
        throw new SpillwayError('unavailable', 'the broadcaster is gone already', {
          retryAfter: WORKER_RETRY,
        });
      }
    } catch (error) {
      // What a broadcast had before is worth the grace time; a new one has nothing, unless another client took it over.
      if (broadcaster.broadcast === before || broadcaster.closed) broadcaster.close('it could not start');
      else broadcaster.broadcast.end('it could not start');
      throw error;
    }
    const session = this.#add(room.name, broadcaster, offer);
    return { session, answer: writePublishAnswer(offer, broadcaster.transportParameters) };
  }

  /** @throws {SpillwayError} `not-found` */
  get(room: string, id: string): Session {
    return this.#registry.get(room, id);
  }

  /** Ends all. */
  close(reason: string): void {
    this.#registry.close(reason);
  }

  #add(room: string, broadcaster: WebRtcBroadcaster, offer: PublishOffer): Session {
    const session = new Session(room, new IceSession(offer, broadcaster), {
      // A broadcast whose media never comes ends by itself.
      isConnected: () => true,
      end: (reason) => broadcaster.broadcast.end(reason),
      close: (reason) => broadcaster.close(reason),
    });
    broadcaster.once('closed', (reason) => session.close(reason));
    this.#registry.add(session);
    return session;
  }
}

/** What cannot be taken whole is 422 for publishers (RFC 9725, sections 4.4.2 and 4.4.3); 406 is WHEP's, with an offer of the server. */
function readOffer(sdp: string): PublishOffer {
  try {
    return readPublishOffer(sdp, publishedCapabilities);
  } catch (error) {
    const refused = error instanceof SdpError && error.fault === 'not-acceptable';
    throw refused ? new SpillwayError('unprocessable', error.message) : error;
  }
}

async function start(broadcaster: WebRtcBroadcaster, offer: PublishOffer): Promise<void> {
  await broadcaster.connect(offer.dtlsParameters);
  for (const { kind, rtpParameters, layers } of offer.tracks) {
    await broadcaster.produce(kind, rtpParameters, layers).catch((error: Error) => {
      const isOffers = error instanceof SpillwayError && error.code === 'bad-request';
      throw isOffers ? new SpillwayError('unprocessable', `the offer's ${kind}: ${error.message}`) : error;
    });
  }
}
