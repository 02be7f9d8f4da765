import { setInterval } from 'node:timers';
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { waitFor } from '../wait-for.ts';
import { deleteSession, openSession } from './session.ts';

const PAYLOAD_TYPE = 96;
const SSRC = 4711;

/** Between two packets that are sent. Milliseconds. */
const INTERVAL = 20;

/** One packet of VP8 that is no picture (RFC 7741); sequence number and time are counted on. */
function packet(count: number): Buffer {
  const data = Buffer.alloc(64, 0x55);
  data.set([0x80, 0x80 | PAYLOAD_TYPE]);
  data.writeUInt16BE(count % 0x1_0000, 2);
  data.writeUInt32BE((count * 90 * INTERVAL) % 0x1_0000_0000, 4);
  data.writeUInt32BE(SSRC, 8);
  // A new frame, and of it a key frame.
  data.set([0x10, 0x00], 12);
  return data;
}

/** ICE, DTLS and SRTP of a WHIP or WHEP client with one video, and nothing behind it. It ends without a word to the server. */
export class BarePeer {
  readonly #peer: PeerConnection;
  /** Kept, so that it is not collected while packets arrive. */
  readonly #track: Track;
  readonly #token: string;
  #timer: NodeJS.Timeout | undefined;
  #received = 0;
  #state = 'new';
  #location = '';

  /** Begins to play; resolves when the server has answered. */
  static async play(url: string): Promise<BarePeer> {
    const peer = new BarePeer('RecvOnly', '');
    await peer.#negotiate(url);
    return peer;
  }

  /** Begins to publish, but sends nothing until it is told to; resolves when the server has answered. */
  static async publish(url: string, token: string): Promise<BarePeer> {
    const peer = new BarePeer('SendOnly', token);
    await peer.#negotiate(url);
    return peer;
  }

  private constructor(direction: 'SendOnly' | 'RecvOnly', token: string) {
    this.#token = token;
    // Not beyond this machine.
    this.#peer = new nodeDataChannel.PeerConnection('bare', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
    });
    this.#peer.onStateChange((state) => {
      this.#state = state;
    });
    const video = new nodeDataChannel.Video('video', direction);
    video.addVP8Codec(PAYLOAD_TYPE);
    if (direction === 'RecvOnly') video.addH264Codec(PAYLOAD_TYPE + 1);
    else video.addSSRC(SSRC, 'bare', 'bare', 'bare');
    this.#track = this.#peer.addTrack(video);
    this.#track.onMessage(() => {
      this.#received += 1;
    });
  }

  /** Of its session. Absolute. */
  get location(): string {
    return this.#location;
  }

  /** Of the connection, as libdatachannel calls it. */
  get state(): string {
    return this.#state;
  }

  /** Packets that have come. */
  get received(): number {
    return this.#received;
  }

  /** Whether ICE and DTLS have ended. */
  get ended(): boolean {
    return ['disconnected', 'failed', 'closed'].includes(this.#state);
  }

  async whenConnected(): Promise<void> {
    await waitFor('the peer to be connected', () => this.#state === 'connected');
  }

  /** Waits until more packets come. */
  async whenReceiving(): Promise<void> {
    const before = this.#received;
    await waitFor(
      'packets',
      () => this.#received > before,
      20_000,
      () => this.#state,
    );
  }

  /** Sends packets from now on. */
  send(): void {
    let count = 0;
    this.#timer ??= setInterval(() => {
      count += 1;
      if (this.#track.isOpen()) this.#track.sendMessageBinary(packet(count));
    }, INTERVAL);
  }

  /** Ends its session by DELETE. Returns the server's status. */
  delete(): Promise<number> {
    return deleteSession(this.#location, this.#token);
  }

  /** Ends DTLS. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.#peer.close();
  }

  async #negotiate(url: string): Promise<void> {
    this.#peer.setLocalDescription('offer');
    await waitFor('libdatachannel to gather', () => this.#peer.gatheringState() === 'complete');
    const session = await openSession(url, this.#token, this.#peer.localDescription()?.sdp ?? '');
    this.#location = session.location;
    this.#peer.setRemoteDescription(session.answer, 'answer');
  }
}
