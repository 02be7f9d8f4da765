import {
  type IceServer,
  type NotificationData,
  type RequestAnswer,
  type RequestData,
  SpillwayError,
} from '@spillway/protocol';
import type { Broadcast, Room, WebRtcBroadcaster } from '@spillway/sfu';
import { Paced } from './paced.ts';
import { on, type RequestHandlers } from './request-handlers.ts';

export interface BroadcasterSessionOptions {
  readonly iceServers: readonly IceServer[];
  readonly graceSeconds: number;
  /**
   * The room in which the credential allows to publish; made where the credential allows that too.
   *
   * @throws {SpillwayError} `unauthorized`, `not-found`
   */
  openRoom(credential: string | undefined): Promise<Room>;
  notifyCodecs(data: NotificationData<'codecs'>): void;
  notifyRejoin(data: NotificationData<'rejoin'>): void;
  /** Ends the connection for good. */
  dismiss(code: string, reason: string): void;
}

/** Time between two notifications of the same kind. Milliseconds. */
const NOTIFY_INTERVAL = 1000;

/** A signalling peer that publishes. */
export class BroadcasterSession {
  readonly #options: BroadcasterSessionOptions;
  readonly #codecs: Paced<NotificationData<'codecs'>>;
  #room: Room | undefined;
  #broadcast: Broadcast | undefined;
  #attachment: symbol | undefined;
  #broadcaster: WebRtcBroadcaster | undefined;
  #closed = false;

  readonly #handleCodecs = (commonCodecs: NotificationData<'codecs'>['commonCodecs']) =>
    this.#codecs.push({ commonCodecs });
  readonly #handleRebuilt = () => this.#options.notifyRejoin({ reason: 'the media worker was replaced' });

  readonly handlers: RequestHandlers = {
    broadcast: on.broadcast((data) => this.#open(data)),
    connect: on.connect(async ({ dtlsParameters }) => {
      await this.#require().connect(dtlsParameters);
      return {};
    }),
    produce: on.produce(async ({ kind, rtpParameters, layers }) => ({
      producerId: await this.#require().produce(kind, rtpParameters, layers ?? []),
    })),
    unproduce: on.unproduce(async ({ kind }) => {
      this.#require().broadcast.removeTrack(kind);
      return {};
    }),
    end: on.end(async () => {
      const broadcast = this.#broadcast;
      this.#leave();
      broadcast?.end('its broadcaster ended it');
      return {};
    }),
    status: on.status(async () => {
      if (!this.#room) throw new SpillwayError('wrong-state', 'broadcast first');
      const { state, viewers, commonCodecs } = this.#room;
      return { state, viewers: viewers.size, commonCodecs };
    }),
    restartIce: on.restartIce(async () => ({ iceParameters: await this.#require().restartIce() })),
  };

  constructor(options: BroadcasterSessionOptions) {
    this.#options = options;
    this.#codecs = new Paced(NOTIFY_INTERVAL, (codecs) => options.notifyCodecs(codecs));
  }

  /** The connection is gone; the broadcast waits for its broadcaster for the grace time. */
  close(): void {
    this.#closed = true;
    this.#leave();
  }

  async #open(data: RequestData<'broadcast'>): Promise<RequestAnswer<'broadcast'>> {
    const room = await this.#options.openRoom(data.credential);
    const { broadcaster, resumed } = await room.openBroadcaster(
      { broadcaster: 'browser', resume: data.resume, takeover: data.takeover },
      data.transportId,
    );
    const { broadcast } = broadcaster;
    this.#leave();
    this.#attachment = broadcast.attach();
    if (this.#closed) {
      broadcast.detach(this.#attachment);
      throw new SpillwayError('wrong-state', 'the connection is gone');
    }
    this.#room = room;
    this.#broadcaster = broadcaster;
    this.#broadcast = broadcast;
    room.on('codecs', this.#handleCodecs);
    room.on('rebuilt', this.#handleRebuilt);
    broadcast.once('ended', this.#handleEnded);
    return {
      iceServers: [...this.#options.iceServers],
      resume: broadcast.resume,
      resumed,
      transport: broadcaster.transportParameters,
      graceSeconds: this.#options.graceSeconds,
    };
  }

  readonly #handleEnded = (reason: string): void => {
    this.#leave();
    this.#options.dismiss('ended', reason);
  };

  #leave(): void {
    this.#room?.off('codecs', this.#handleCodecs);
    this.#codecs.clear();
    this.#room?.off('rebuilt', this.#handleRebuilt);
    this.#broadcast?.off('ended', this.#handleEnded);
    if (this.#attachment) this.#broadcast?.detach(this.#attachment);
    this.#attachment = undefined;
    this.#room = undefined;
    this.#broadcast = undefined;
    this.#broadcaster = undefined;
  }

  #require(): WebRtcBroadcaster {
    if (!this.#broadcaster) throw new SpillwayError('wrong-state', 'broadcast first');
    return this.#broadcaster;
  }
}
