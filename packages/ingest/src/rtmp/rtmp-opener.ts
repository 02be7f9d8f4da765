import { unlessGivenUp } from '../give-up.ts';
import { InputError, type InputOpener, type OpenInput } from '../input.ts';
import type { Logger } from '../logger.ts';
import { type FlvSupport, unreadable } from './flv-support.ts';
import type { Publication } from './publication.ts';
import type { KeyRegistration, RtmpServer } from './rtmp-server.ts';

/**
 * Unlike `flv`, `live_flv` goes on when the encoder's clock jumps. FFmpeg looks at half a second before it starts, which is
 * there at once: a key frame and what followed. Without a bound it waits 5 s where there is no sound. `-fflags nobuffer`
 * would throw away what it looked at, and with it the key frame.
 */
const ARGS = ['-f', 'live_flv', '-analyzeduration', '500000', '-i', 'pipe:0'];

export interface RtmpOpenerOptions {
  /** Shared by all sources. */
  readonly server: RtmpServer;
  readonly room: string;
  /** Stream key that its encoder needs. */
  readonly key: string;
  /** What the FFmpeg that reads it knows. */
  readonly support: () => Promise<FlvSupport>;
  readonly logger: Logger;
}

const GIVEN_UP = 'Given up before an encoder connected';

/** Opens what an encoder publishes by RTMP with one key. */
export class RtmpOpener implements InputOpener {
  readonly listens = true;
  readonly waiting = 'Waits for an encoder to connect';
  readonly #server: RtmpServer;
  readonly #room: string;
  readonly #key: string;
  readonly #askSupport: () => Promise<FlvSupport>;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  #registration: KeyRegistration | undefined;
  #publication: Publication | undefined;
  #arrival = Promise.withResolvers<void>();

  constructor({ server, room, key, support, logger }: RtmpOpenerOptions) {
    this.#server = server;
    this.#room = room;
    this.#key = key;
    this.#askSupport = support;
    this.#logger = logger;
  }

  async open(giveUp: AbortSignal): Promise<OpenInput> {
    const signal = AbortSignal.any([giveUp, this.#closing.signal]);
    if (signal.aborted) throw new InputError({ reason: GIVEN_UP, final: false });
    if (!this.#registration) {
      this.#registration = this.#server.register(this.#key, {
        room: this.#room,
        onPublication: (publication) => this.#handlePublication(publication),
      });
      // Nobody wants it any more: an encoder must not believe that it is live.
      giveUp.addEventListener('abort', () => this.#unregister(), { once: true });
    }
    await unlessGivenUp(this.#server.listening(), signal, () => GIVEN_UP);
    const support = await unlessGivenUp(this.#askSupport(), signal, () => GIVEN_UP);
    const publication = await this.#settledPublication(signal);
    const problem = () => unreadable(publication.media, support);
    const before = problem();
    if (before) throw new InputError(before);
    return this.#read(publication, problem);
  }

  close(): void {
    this.#closing.abort();
    this.#unregister();
  }

  #unregister(): void {
    this.#registration?.close();
    this.#registration = undefined;
  }

  #read(publication: Publication, problem: NonNullable<OpenInput['problem']>): OpenInput {
    const reader = publication.attach((bytes) =>
      this.#logger.warn(
        { room: this.#room, bytes },
        'FFmpeg reads more slowly than the encoder sends; frames up to the next key frame are lost',
      ),
    );
    return {
      args: ARGS,
      stdin: reader,
      sample: () => reader.sample(),
      secrets: [this.#key],
      problem,
      close: () => reader.destroy(),
    };
  }

  /** Waits until an encoder publishes and it is known what. */
  async #settledPublication(signal: AbortSignal): Promise<Publication> {
    for (;;) {
      const publication = this.#publication;
      const wanted = publication ? publication.settled : this.#arrival.promise;
      await unlessGivenUp(wanted, signal, () => GIVEN_UP);
      if (publication && !publication.ended) return publication;
      if (publication && publication === this.#publication) this.#publication = undefined;
    }
  }

  #handlePublication(publication: Publication): void {
    this.#publication = publication;
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
    publication.gone.then(() => {
      if (this.#publication === publication) this.#publication = undefined;
    });
  }
}
