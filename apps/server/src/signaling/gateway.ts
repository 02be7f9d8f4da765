import { randomUUID } from 'node:crypto';
import type { WebSocket } from '@fastify/websocket';
import {
  errorStatus,
  type IceServer,
  type NotificationData,
  type NotificationMethod,
  type RequestMethod,
  requests,
  SpillwayError,
} from '@spillway/protocol';
import type { Room, Sfu } from '@spillway/sfu';
import type { FastifyBaseLogger } from 'fastify';
import { type Peer, Room as ProtooRoom } from 'protoo-server';
import { clientKey } from '../rate/client-key.ts';
import { BroadcasterSession } from './broadcaster-session.ts';
import { Lobby } from './lobby.ts';
import { PingRounds } from './ping-rounds.ts';
import type { RequestHandlers } from './request-handlers.ts';
import { ViewerSession } from './viewer-session.ts';
import { WebSocketTransport } from './websocket-transport.ts';

export interface GatewayOptions {
  readonly sfu: Sfu;
  readonly iceServers: readonly IceServer[];
  readonly limits: {
    readonly joinSeconds: number;
    readonly pingSeconds: number;
    readonly maxConnections: number;
    readonly maxMessagesPerSecond: number;
    readonly maxViewers: number;
  };
  readonly graceSeconds: number;
  readonly log: FastifyBaseLogger;
  /**
   * The room in which a credential allows to publish.
   *
   * @throws {SpillwayError} `unauthorized`, `not-found`
   */
  openRoom(name: string, credential: string | undefined): Promise<Room>;
  observeJoin(seconds: number): void;
}

interface Connection {
  /** Who it is, by {@link clientKey}. */
  readonly client: string;
  readonly transport: WebSocketTransport;
  readonly since: number;
  session: { readonly handlers: RequestHandlers; close(): void } | undefined;
  refusals: number;
}

/** Failed credentials after which a connection is closed. */
const MAX_REFUSALS = 3;

function isRequestMethod(method: string): method is RequestMethod {
  return Object.hasOwn(requests, method);
}

/** Who is told when to come back need not hold a connection until then. */
function sendAway(transport: WebSocketTransport, error: Error): boolean {
  if (!(error instanceof SpillwayError) || error.retryAfter === undefined) return false;
  transport.closeWith(error.code, error.message, true, error.retryAfter);
  return true;
}

/** Takes the signalling connections: one session each, a viewer's or a broadcaster's. */
export class SignalingGateway {
  readonly #options: GatewayOptions;
  readonly #connections = new Set<Connection>();
  /** Those that have neither asked to watch nor to broadcast yet. */
  readonly #undecided = new Set<Connection>();
  readonly #pings: PingRounds;
  readonly #lobby = new Lobby();
  readonly #protooRoom = new ProtooRoom();
  readonly #timer: NodeJS.Timeout;

  constructor(options: GatewayOptions) {
    this.#options = options;
    options.sfu.on('room', (room) => this.#lobby.open(room.name));
    this.#pings = new PingRounds(options.limits.pingSeconds);
    // One timer for all connections, not one for each.
    this.#timer = setInterval(() => {
      this.#closeIdle();
      this.#pings.next();
    }, 1000);
  }

  /** Connections, joined or not. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /**
   * Takes a connection. Attaches its listeners synchronously, so that no message is lost.
   *
   * @param address of the client
   */
  accept(socket: WebSocket, roomName: string, address: string): void {
    const { limits } = this.#options;
    const transport = new WebSocketTransport(socket, limits.maxMessagesPerSecond);
    if (this.#connections.size >= limits.maxConnections) {
      transport.closeWith('unavailable', 'the server has too many connections; try again later', true);
      return;
    }
    const connection: Connection = {
      ...{ transport, client: clientKey(address), since: performance.now() },
      ...{ session: undefined, refusals: 0 },
    };
    this.#connections.add(connection);
    this.#undecided.add(connection);
    const stopPings = this.#pings.add(transport);
    const id = randomUUID();
    this.#options.log.debug({ id, room: roomName, address }, 'a client connected');
    const peer = this.#protooRoom.createPeer(id, transport);
    peer.on('request', ({ method, data }, accept, reject) => {
      this.#answer(connection, peer, roomName, method, data).then(accept, (error: Error) => {
        if (sendAway(transport, error)) return;
        const code = error instanceof SpillwayError ? error.code : 'internal';
        if (code === 'internal')
          this.#options.log.error({ err: error, method }, 'a signalling request failed');
        const message = code === 'internal' ? 'the server failed; its log says why' : error.message;
        reject(errorStatus[code], `${code}: ${message}`);
        if (code === 'unauthorized') this.#countRefusal(connection);
      });
    });
    peer.on('close', () => {
      this.#options.log.debug({ id, room: roomName }, 'a client is gone');
      this.#connections.delete(connection);
      this.#undecided.delete(connection);
      stopPings();
      connection.session?.close();
    });
  }

  /** Closes all connections; clients connect again when the server is back. */
  close(): void {
    clearInterval(this.#timer);
    for (const { transport } of [...this.#connections]) {
      transport.closeWith('unavailable', 'the server is stopping', true);
    }
    this.#protooRoom.close();
  }

  async #answer(
    connection: Connection,
    peer: Peer,
    roomName: string,
    method: string,
    data: unknown,
  ): Promise<object> {
    if (!isRequestMethod(method)) {
      throw new SpillwayError('bad-request', `there is no request ${JSON.stringify(method)}`);
    }
    connection.session ??= this.#createSession(connection, peer, roomName, method);
    this.#undecided.delete(connection);
    const handler = connection.session.handlers[method];
    if (!handler) throw new SpillwayError('wrong-state', `${method} does not fit what this connection does`);
    return handler(data);
  }

  #createSession({ transport, client }: Connection, peer: Peer, roomName: string, method: RequestMethod) {
    const { sfu, iceServers, limits, graceSeconds, observeJoin } = this.#options;
    const notify = <M extends NotificationMethod>(name: M, data: NotificationData<M>) => {
      // A peer that is gone meanwhile is told nothing.
      peer.notify(name, data).catch(() => {});
    };
    if (method === 'watch') {
      return new ViewerSession({
        id: peer.id,
        client,
        roomName,
        sfu,
        lobby: this.#lobby,
        maxViewers: limits.maxViewers,
        iceServers,
        notifyPlayback: (playback) => notify('playback', playback),
        notifyQueued: (queued) => notify('queued', queued),
        notifyRejoin: (rejoin) => notify('rejoin', rejoin),
        dismiss: (code, reason, reconnect, retryAfter) =>
          transport.closeWith(code, reason, reconnect, retryAfter),
        observeJoin,
      });
    }
    if (method === 'broadcast') {
      return new BroadcasterSession({
        iceServers,
        graceSeconds,
        openRoom: (credential) => this.#options.openRoom(roomName, credential),
        notifyCodecs: (codecs) => notify('codecs', codecs),
        notifyRejoin: (rejoin) => notify('rejoin', rejoin),
        dismiss: (code, reason) => transport.closeWith(code, reason, false),
      });
    }
    throw new SpillwayError('wrong-state', `${method}: the first request is watch or broadcast`);
  }

  #countRefusal(connection: Connection): void {
    // It has not joined: the time to do so runs on.
    connection.session?.close();
    connection.session = undefined;
    if (this.#connections.has(connection)) this.#undecided.add(connection);
    connection.refusals += 1;
    if (connection.refusals < MAX_REFUSALS) return;
    connection.transport.closeWith('unauthorized', 'too many wrong credentials', false);
  }

  #closeIdle(): void {
    const latest = performance.now() - this.#options.limits.joinSeconds * 1000;
    for (const { transport, since } of [...this.#undecided]) {
      if (since < latest) {
        transport.closeWith('bad-request', 'no watch or broadcast request came in time', false);
      }
    }
  }
}
