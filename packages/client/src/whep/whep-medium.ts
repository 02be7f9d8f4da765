import type { ReceivedMedium } from '../track-slot.ts';

/** One medium of a WHEP session, for as long as it is shown. The track is the session's and outlives it. */
export class WhepMedium implements ReceivedMedium {
  readonly #receiver: RTCRtpReceiver;
  #closed = false;

  constructor(receiver: RTCRtpReceiver) {
    this.#receiver = receiver;
  }

  get kind(): 'audio' | 'video' {
    return this.#receiver.track.kind === 'audio' ? 'audio' : 'video';
  }

  get track(): MediaStreamTrack {
    return this.#receiver.track;
  }

  get closed(): boolean {
    return this.#closed;
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#receiver.getStats();
  }

  close(): void {
    this.#closed = true;
  }
}
