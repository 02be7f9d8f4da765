import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { InputError } from '../input.ts';
import type { Logger } from '../logger.ts';
import { CondensedLog } from '../process/condensed-log.ts';
import { Publication } from './publication.ts';
import type { Verdict } from './publish-session.ts';
import { RtmpConnection } from './rtmp-connection.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from './rtmp-limits.ts';

export interface RtmpServerOptions {
  /** Address to listen on, such as `0.0.0.0`. */
  readonly host: string;
  /** TCP port; 0 for any that is free. RTMP's own is 1935. */
  readonly port: number;
  readonly logger: Logger;
  readonly limits?: Partial<RtmpLimits>;
}

/** Who wants what is published with a key. */
export interface KeyHandler {
  /** For the log. */
  readonly room: string;
  /** An encoder publishes. */
  readonly onPublication: (publication: Publication) => void;
}

/** A key that encoders may publish with. */
export interface KeyRegistration {
  /** Takes it back and disconnects who publishes with it. Idempotent. */
  close(): void;
}

interface Entry extends KeyHandler {
  publisher: { readonly connection: RtmpConnection; readonly publication: Publication } | undefined;
}

/**
 * Takes streams of encoders in by RTMP, on one port for all rooms; stream keys tell them apart. Listens while there is a
 * key to publish with.
 */
export class RtmpServer {
  readonly #host: string;
  readonly #configuredPort: number;
  readonly #logger: Logger;
  readonly #limits: RtmpLimits;
  readonly #refusals: CondensedLog;
  /** By SHA-256 of the key, so that the time of a look-up tells nothing of the keys. */
  readonly #entries = new Map<string, Entry>();
  /** Connections that do not publish, oldest first. */
  readonly #pending = new Set<RtmpConnection>();
  #listener: { readonly server: Server; readonly ready: Promise<number> } | undefined;

  constructor({ host, port, logger, limits }: RtmpServerOptions) {
    this.#host = host;
    this.#configuredPort = port;
    this.#logger = logger;
    this.#limits = { ...DEFAULT_RTMP_LIMITS, ...limits };
    this.#refusals = new CondensedLog((line, leftOut) =>
      logger.warn(leftOut > 0 ? { leftOut } : {}, `RTMP connection closed: ${line}`),
    );
  }

  /**
   * Lets encoders publish with a key.
   *
   * @throws {InputError} when another source has the same key
   */
  register(key: string, handler: KeyHandler): KeyRegistration {
    const hash = hashOf(key);
    if (this.#entries.has(hash)) {
      throw new InputError({
        reason: 'Another source has the same stream key; set another one',
        final: true,
      });
    }
    const entry: Entry = { ...handler, publisher: undefined };
    this.#entries.set(hash, entry);
    return {
      close: () => {
        if (this.#entries.get(hash) !== entry) return;
        this.#entries.delete(hash);
        entry.publisher?.connection.close('its stream key is no longer taken');
        if (this.#entries.size === 0) this.#stopListening();
      },
    };
  }

  /**
   * Resolves to the port when it listens. Tries again where it failed before.
   *
   * @throws {InputError} why it cannot listen
   */
  listening(): Promise<number> {
    if (this.#entries.size === 0) throw new Error('An RTMP server without keys does not listen');
    this.#listener ??= this.#listen();
    return this.#listener.ready;
  }

  #listen(): { server: Server; ready: Promise<number> } {
    const ready = Promise.withResolvers<number>();
    const server = createServer((socket) => this.#handleConnection(socket));
    server.once('close', () => ready.reject(new InputError({ reason: 'No longer needed', final: false })));
    server.on('error', (error) => {
      ready.reject(new InputError({ reason: this.#describe(error), final: false }));
      if (this.#listener?.server === server && !server.listening) this.#listener = undefined;
    });
    server.listen(this.#configuredPort, this.#host, () => {
      const address = server.address();
      ready.resolve(typeof address === 'object' && address ? address.port : this.#configuredPort);
    });
    return { server, ready: ready.promise };
  }

  #stopListening(): void {
    this.#listener?.server.close();
    this.#listener = undefined;
    for (const connection of this.#pending) connection.close('the server takes no more streams');
    this.#refusals.flush();
  }

  #handleConnection(socket: Socket): void {
    let publisher: Entry['publisher'];
    const connection = new RtmpConnection({
      socket,
      limits: this.#limits,
      decide: (key) => {
        const entry = this.#entries.get(hashOf(key));
        const verdict = this.#decide(entry);
        if (entry && verdict.accepted) {
          publisher = { connection, publication: verdict.publication };
          this.#admit(entry, publisher);
        }
        return verdict;
      },
      onGone: (reason) => {
        if (this.#pending.delete(connection)) this.#refusals.add(`${reason} (from ${connection.address})`);
        publisher?.publication.end();
        for (const entry of this.#entries.values()) {
          if (entry.publisher !== publisher || !publisher) continue;
          entry.publisher = undefined;
          this.#logger.info(
            { room: entry.room, address: connection.address },
            `RTMP encoder gone: ${reason}`,
          );
        }
      },
    });
    this.#enterPending(connection);
  }

  #enterPending(connection: RtmpConnection): void {
    const { maxPending, maxPendingPerAddress } = this.#limits;
    const same = [...this.#pending].filter(({ address }) => address === connection.address);
    this.#pending.add(connection);
    if (same.length >= maxPendingPerAddress) {
      connection.close(`more than ${maxPendingPerAddress} connections of one address that do not publish`);
      return;
    }
    const [oldest] = this.#pending;
    if (this.#pending.size > maxPending) oldest?.close('too many connections that do not publish');
  }

  #decide(entry: Entry | undefined): Verdict {
    if (!entry) return { accepted: false, reason: 'There is no such stream key here; copy it again' };
    const present = entry.publisher?.connection;
    if (present && present.silentMs < this.#limits.takeoverMs) {
      return {
        accepted: false,
        reason: `Another encoder publishes to room ${entry.room} with this stream key`,
      };
    }
    present?.close('it was silent and another encoder has come with its stream key');
    return { accepted: true, publication: new Publication() };
  }

  #admit(entry: Entry, publisher: NonNullable<Entry['publisher']>): void {
    const { connection, publication } = publisher;
    this.#pending.delete(connection);
    entry.publisher = publisher;
    this.#logger.info({ room: entry.room, address: connection.address }, 'RTMP encoder publishes');
    entry.onPublication(publication);
  }

  #describe(error: NodeJS.ErrnoException): string {
    const where = `RTMP port ${this.#configuredPort} on ${this.#host}`;
    if (error.code === 'EADDRINUSE')
      return `${where} is in use by another program; end that, or set another port`;
    if (error.code === 'EACCES')
      return `${where} needs privileges that the server lacks; set a port above 1023`;
    return `${where} cannot be listened on: ${error.code ?? error.message}`;
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
