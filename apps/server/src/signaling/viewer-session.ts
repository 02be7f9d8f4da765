import {
  type IceServer,
  type NotificationData,
  type Playback,
  type RtpCapabilities,
  SpillwayError,
} from '@spillway/protocol';
import type { Room, Sfu, Viewer } from '@spillway/sfu';
import type { Lobby } from './lobby.ts';
import { on, type RequestHandlers } from './request-handlers.ts';

export interface ViewerSessionOptions {
  /** The viewer's id; that of its connection. */
  readonly id: string;
  /** Who it is: viewers with the same key are taken for one client. */
  readonly client: string;
  readonly roomName: string;
  readonly sfu: Sfu;
  readonly lobby: Lobby;
  readonly maxViewers: number;
  readonly iceServers: readonly IceServer[];
  notifyPlayback(playback: Playback): void;
  notifyQueued(data: NotificationData<'queued'>): void;
  notifyRejoin(data: NotificationData<'rejoin'>): void;
  /** Ends the connection, saying why, whether to connect again, and after how many seconds. */
  dismiss(code: string, reason: string, reconnect: boolean, retryAfter?: number): void;
  /** A join has finished: seconds from `watch`, or from the start of a broadcast waited for, to the end of the first `play`. */
  observeJoin(seconds: number): void;
}

const offline: Playback = { state: 'offline', kinds: [], consumers: [] };

/** A signalling peer that watches. */
export class ViewerSession {
  readonly #options: ViewerSessionOptions;
  #capabilities: RtpCapabilities = {};
  #viewer: { readonly viewer: Viewer; readonly room: Room } | undefined;
  #leaveLobby: (() => void) | undefined;
  #joiningSince: number | undefined;
  #closed = false;

  readonly handlers: RequestHandlers = {
    watch: on.watch(async ({ rtpCapabilities }) => ({
      viewerId: this.#options.id,
      iceServers: [...this.#options.iceServers],
      playback: await this.#watch(rtpCapabilities),
    })),
    play: on.play(async ({ consumerIds, dtlsParameters }) => {
      await this.#require().play(consumerIds, dtlsParameters);
      this.#observeJoin();
      return {};
    }),
    pause: on.pause(async () => {
      await this.#require().pause();
      return {};
    }),
    setLayer: on.setLayer(async ({ spatialLayer }) => {
      await this.#require().setLayer(spatialLayer);
      return {};
    }),
    restartIce: on.restartIce(async () => ({ iceParameters: await this.#require().restartIce() })),
  };

  constructor(options: ViewerSessionOptions) {
    this.#options = options;
  }

  close(): void {
    this.#closed = true;
    this.#leaveLobby?.();
    this.#viewer?.viewer.close('its connection is gone');
  }

  #watch(capabilities: RtpCapabilities): Promise<Playback> {
    // A client that watches again may have other capabilities, so it is another viewer.
    const former = this.#viewer;
    this.#viewer = undefined;
    former?.viewer.close('it watches again');
    this.#capabilities = capabilities;
    this.#joiningSince = performance.now();
    return this.#enter();
  }

  async #enter(): Promise<Playback> {
    this.#leaveLobby?.();
    this.#leaveLobby = undefined;
    const { sfu, roomName, lobby, maxViewers, id, client } = this.#options;
    const room = sfu.getRoom(roomName);
    if (!room) {
      this.#leaveLobby = lobby.wait(roomName, () => this.#admit());
      return offline;
    }
    if (sfu.viewerCount >= maxViewers) {
      throw new SpillwayError('too-many', `the server is full (${maxViewers} viewers); try again later`);
    }
    const viewer = room.addViewer(id, this.#capabilities, client);
    // Shared with all viewers whose clients say the same.
    this.#capabilities = viewer.capabilities;
    this.#viewer = { viewer, room };
    viewer.on('playback', (playback) => this.#notify(playback));
    viewer.on('queued', (place) => this.#options.notifyQueued({ place }));
    viewer.on('rejoin', (reason) => this.#options.notifyRejoin({ reason }));
    viewer.once('closed', (reason) => this.#handleViewerClosed(viewer, room, reason));
    const playback = await room.watch(viewer);
    // While there is nothing to play, nobody waits for a join.
    if (playback.consumers.length === 0) this.#joiningSince = undefined;
    return playback;
  }

  #notify(playback: Playback): void {
    if (playback.transport) this.#joiningSince = performance.now();
    this.#options.notifyPlayback(playback);
  }

  #admit(): void {
    this.#enter().then(
      (playback) => this.#notify(playback),
      (error: Error) => {
        const retryAfter = error instanceof SpillwayError ? error.retryAfter : undefined;
        this.#options.dismiss('unavailable', error.message, true, retryAfter);
      },
    );
  }

  #handleViewerClosed(viewer: Viewer, room: Room, reason: string): void {
    if (this.#closed || this.#viewer?.viewer !== viewer) return;
    this.#viewer = undefined;
    if (!room.closed) {
      this.#options.dismiss('removed', reason, false);
      return;
    }
    this.#leaveLobby = this.#options.lobby.wait(this.#options.roomName, () => this.#admit());
    this.#options.notifyPlayback(offline);
  }

  #observeJoin(): void {
    if (this.#joiningSince === undefined) return;
    this.#options.observeJoin((performance.now() - this.#joiningSince) / 1000);
    this.#joiningSince = undefined;
  }

  #require(): Viewer {
    if (!this.#viewer) throw new SpillwayError('wrong-state', 'there is nothing to play yet: watch first');
    return this.#viewer.viewer;
  }
}
