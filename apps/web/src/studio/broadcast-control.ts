import { SignalingError, serverUrl, watchUrl } from '@spillway/client';
import {
  type CodecChange,
  type CodecWish,
  type LivePublisher,
  Publisher,
  type PublishStats,
  type QualityName,
  WhipPublisher,
} from '@spillway/client/publish';
import type { VideoCodec } from '@spillway/protocol';
import { ApiError } from './api-request.ts';
import type { StudioCredential } from './credential.ts';
import type { WhipTarget } from './destination.ts';
import { returnTicket } from './return-ticket.ts';
import { createRoom } from './rooms-api.ts';
import type { StageTracks } from './stage.ts';
import { findViewerServer } from './viewer-server.ts';

export type BroadcastState = 'offline' | 'starting' | 'live' | 'reconnecting';

/** Why a broadcast did not start or has ended. */
export interface BroadcastFailure {
  /** A code of the protocol, `unreachable`, or `key-needs-room`. */
  code: string;
  /** What the server or the browser said. */
  detail: string;
}

export interface GoLiveOptions {
  credential: StudioCredential;
  /** Another server, in the place of a room of this one. */
  whip?: WhipTarget;
  /** Empty: a new room with a 6-digit code. */
  room: string;
  tracks: StageTracks;
  quality: QualityName;
  codec: CodecWish;
  takeover?: boolean;
  /** Resume token of the broadcast to take back. */
  resume?: string;
}

/** The broadcast of this page: starts and ends it, and knows how it does. Event `change`: something else to show. */
export class BroadcastControl extends EventTarget {
  readonly server = serverUrl(new URL('.', location.href));
  #viewerServer = this.server;
  #publisher: LivePublisher | undefined;
  #state: BroadcastState = 'offline';
  #room: string | undefined;
  #endpoint: URL | undefined;
  #failure: BroadcastFailure | undefined;
  #busyRoom: string | undefined;
  #stats: PublishStats | undefined;
  #viewers: number | undefined;
  #undecodable: VideoCodec | undefined;
  #codec: VideoCodec | undefined;
  #moved: CodecChange | undefined;
  #resume = '';
  #since: number | undefined;

  get state(): BroadcastState {
    return this.#state;
  }

  /** The room of the present or the last broadcast. */
  get room(): string | undefined {
    return this.#room;
  }

  /** WHIP endpoint of the present or the last broadcast; undefined when that went to this server. */
  get endpoint(): URL | undefined {
    return this.#endpoint;
  }

  /** Where viewers go; undefined before there is a room. */
  get watchLink(): string | undefined {
    return this.#room && this.watchLinkOf(this.#room);
  }

  /** Where viewers of a room go. */
  watchLinkOf(room: string): string {
    return watchUrl(this.#viewerServer, room).href;
  }

  get failure(): BroadcastFailure | undefined {
    return this.#failure;
  }

  /** The room in which somebody else broadcasts: to be asked for. */
  get busyRoom(): string | undefined {
    return this.#busyRoom;
  }

  /** When it went live. Milliseconds of `performance.now()`. */
  get since(): number | undefined {
    return this.#since;
  }

  get stats(): PublishStats | undefined {
    return this.#stats;
  }

  get viewers(): number | undefined {
    return this.#viewers;
  }

  /** The present codec when a viewer cannot decode it. */
  get undecodable(): VideoCodec | undefined {
    return this.#undecodable;
  }

  get codec(): VideoCodec | undefined {
    return this.#codec;
  }

  /** The last change of codec that nobody here had asked for. */
  get moved(): CodecChange | undefined {
    return this.#moved;
  }

  /** Finds out how other machines reach the server, for the links. */
  async findViewerServer(credential: StudioCredential): Promise<void> {
    this.#viewerServer = await findViewerServer(this.server, credential.value);
    this.#changed();
  }

  /** Never throws: `failure` or `busyRoom` say what is wrong. */
  async goLive(options: GoLiveOptions): Promise<void> {
    if (this.#state !== 'offline') return;
    this.#set('starting');
    try {
      const publisher = await this.#newPublisher(options);
      this.#publisher = publisher;
      this.#follow(publisher);
      await publisher.setTracks(options.tracks);
      // Its end is told by its event.
      await publisher.start().catch(() => {});
    } catch (error) {
      this.#publisher?.close();
      this.#fail(failureOf(error));
    }
  }

  async end(): Promise<void> {
    await this.#publisher?.end();
  }

  setTracks(tracks: StageTracks): void {
    void this.#publisher?.setTracks(tracks);
  }

  setQuality(quality: QualityName): void {
    void this.#publisher?.setQuality(quality);
  }

  setCodec(codec: CodecWish): void {
    this.#moved = undefined;
    void this.#publisher?.setCodec(codec);
  }

  /** Takes back what was said about failures and changes. */
  dismiss(): void {
    this.#failure = undefined;
    this.#busyRoom = undefined;
    this.#moved = undefined;
    this.#changed();
  }

  async #newPublisher({ whip, ...options }: GoLiveOptions): Promise<LivePublisher> {
    const { codec, quality, credential, resume, takeover = false } = options;
    this.#resume = '';
    this.#endpoint = whip && new URL(whip.url);
    if (whip && this.#endpoint) {
      this.#room = undefined;
      const { token, layers } = whip;
      return new WhipPublisher({
        endpoint: this.#endpoint,
        token: token || undefined,
        layers,
        codec,
        quality,
      });
    }
    const room = options.room || (await this.#newRoom(credential));
    this.#room = room;
    return Publisher.create({
      server: this.server,
      ...{ room, credential: credential.value, resume, takeover, codec, quality },
    });
  }

  async #newRoom(credential: StudioCredential): Promise<string> {
    try {
      return await createRoom(this.server, credential.value);
    } catch (error) {
      const isRefused = error instanceof ApiError && (error.status === 401 || error.status === 403);
      // The credential may be a publish key, which makes no rooms but opens its own.
      if (isRefused && credential.room) return credential.room;
      if (isRefused && credential.kind === 'key') throw new KeyNeedsRoomError();
      throw error;
    }
  }

  #follow(publisher: LivePublisher): void {
    publisher.on('state', (state) => {
      if (state === 'live' || state === 'reconnecting') this.#set(state);
    });
    publisher.on('resume', (resume) => {
      this.#resume = resume;
      this.#keepTicket();
    });
    publisher.on('codec', (change) => {
      this.#codec = change.to;
      if (change.from && change.to && change.reason !== 'chosen') this.#moved = change;
      this.#changed();
    });
    publisher.on('stats', (stats) => {
      this.#stats = stats;
      this.#changed();
    });
    publisher.on('status', ({ viewers, undecodable }) => {
      this.#viewers = viewers;
      this.#undecodable = undecodable;
      this.#keepTicket();
      this.#changed();
    });
    publisher.on('problem', (error) => {
      this.#failure = failureOf(error);
      this.#changed();
    });
    publisher.on('ended', ({ code, reason }) => {
      this.#publisher = undefined;
      returnTicket.tear();
      if (code === 'closed') this.#set('offline');
      else this.#fail({ code, detail: reason });
    });
  }

  #keepTicket(): void {
    if (this.#room && this.#resume) {
      returnTicket.write({ room: this.#room, resume: this.#resume, seen: Date.now() });
    }
  }

  #fail(failure: BroadcastFailure): void {
    if (failure.code === 'room-busy') this.#busyRoom = this.#room;
    else this.#failure = failure;
    this.#set('offline');
  }

  #set(state: BroadcastState): void {
    this.#state = state;
    if (state === 'starting') {
      this.#failure = undefined;
      this.#busyRoom = undefined;
    }
    if (state === 'starting' || state === 'offline') {
      this.#stats = undefined;
      this.#viewers = undefined;
      this.#undecodable = undefined;
      this.#codec = undefined;
      this.#moved = undefined;
      this.#since = undefined;
    }
    if (state === 'live') this.#since ??= performance.now();
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

class KeyNeedsRoomError extends Error {}

function failureOf(error: unknown): BroadcastFailure {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof KeyNeedsRoomError) return { code: 'key-needs-room', detail };
  if (error instanceof SignalingError) return { code: error.code, detail };
  if (error instanceof ApiError) {
    if (error.status === 401 || error.status === 403) return { code: 'unauthorized', detail };
    return { code: error.status === 0 ? 'unreachable' : 'failed', detail };
  }
  if (error instanceof TypeError) return { code: 'unreachable', detail };
  if (error instanceof Error && error.name === 'NoCodecError') return { code: 'no-codec', detail };
  if (error instanceof Error && error.name === 'UnsupportedError') return { code: 'no-webrtc', detail };
  return { code: 'failed', detail };
}
