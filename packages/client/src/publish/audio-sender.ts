import type { types } from 'mediasoup-client';
import type { SendLink } from './send-link.ts';

/** Keeps the audio of a broadcast as it is wished: sent, changed or absent. */
export class AudioSender {
  /** What is to be sent; its owner mutes it by `enabled` and stops it. */
  track: MediaStreamTrack | undefined;
  #sending: { producer: types.Producer; link: SendLink } | undefined;

  get producer(): types.Producer | undefined {
    return this.#sending?.producer;
  }

  /** Brings what is sent on `link` in line with the wish. Not to be called again before it has ended. */
  async sync(link: SendLink): Promise<void> {
    const { track } = this;
    if (this.#sending?.link !== link || this.#sending.producer.closed) this.#sending = undefined;
    if (!track || track.readyState === 'ended') {
      if (!this.#sending) return;
      this.#sending.producer.close();
      this.#sending = undefined;
      await link.endKind('audio');
    } else if (this.#sending) {
      await this.#sending.producer.replaceTrack({ track });
    } else {
      const producer = await link.send(track, { codecOptions: { opusStereo: true, opusFec: true } });
      this.#sending = { producer, link };
    }
  }
}
