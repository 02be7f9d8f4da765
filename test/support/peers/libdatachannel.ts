import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { OpusDecoder } from 'opus-decoder';
import { onTestFinished } from 'vitest';
import { parseRtpPacket, type RtpPacket } from '../../../packages/loadgen/src/rtp-packet.ts';
import { waitFor } from '../wait-for.ts';
import { type AssembledCodec, FrameAssembler } from './frame-assembler.ts';
import { PictureDecoder } from './picture-decoder.ts';
import type { Player, Received, ReceivedAudio } from './player.ts';
import { deleteSession, openSession } from './session.ts';

const PAYLOAD_TYPES = { VP8: 96, H264: 97, opus: 111 } as const;

export interface LibDataChannelOptions {
  /** Whether it asks for sound too. Default true. */
  readonly sound?: boolean;
}

function isMarked(data: Buffer): boolean {
  return ((data[1] ?? 0) & 0x80) !== 0;
}

/** A stream of video as it arrives. */
interface VideoStream {
  readonly ssrc: number;
  readonly codec: AssembledCodec;
  readonly assembler: FrameAssembler;
}

/**
 * libdatachannel as a WHEP player. The library gives packets; frames are put together here and decoded by FFmpeg and
 * by opus-decoder. Closed with the test at the latest.
 */
export class LibDataChannelPlayer implements Player {
  readonly #peer: PeerConnection;
  /** Kept, so that they are not collected while packets arrive. */
  readonly #tracks: Track[];
  readonly #opus = new OpusDecoder({ channels: 2 });
  readonly #ssrcs: { kind: 'audio' | 'video'; ssrc: number }[] = [];
  readonly #closing: Promise<void>[] = [];
  #decoder: PictureDecoder | undefined;
  /** Of the decoders of other codecs before. */
  #before = { frames: 0, moves: 0 };
  #stream: VideoStream | undefined;
  #audio: ReceivedAudio = { frames: 0, rms: 0 };
  #state = 'new';
  #location = '';
  #closed = false;

  /** Begins to play; resolves when the server has answered. */
  static async play(url: string, options: LibDataChannelOptions = {}): Promise<LibDataChannelPlayer> {
    const player = new LibDataChannelPlayer(options.sound ?? true);
    await player.#opus.ready;
    await player.#negotiate(url);
    return player;
  }

  private constructor(sound: boolean) {
    // Not beyond this machine.
    this.#peer = new nodeDataChannel.PeerConnection('player', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
    });
    this.#peer.onStateChange((state) => {
      this.#state = state;
    });
    const video = new nodeDataChannel.Video('video', 'RecvOnly');
    video.addVP8Codec(PAYLOAD_TYPES.VP8);
    video.addH264Codec(PAYLOAD_TYPES.H264);
    const audio = new nodeDataChannel.Audio('audio', 'RecvOnly');
    audio.addOpusCodec(PAYLOAD_TYPES.opus);
    this.#tracks = [video, ...(sound ? [audio] : [])].map((medium) => this.#peer.addTrack(medium));
    for (const track of this.#tracks) {
      track.setMediaHandler(new nodeDataChannel.RtcpReceivingSession());
      track.onMessage((data) => this.#take(data, track));
    }
    onTestFinished(() => this.close());
  }

  get location(): string {
    return this.#location;
  }

  /** Whether its connection is over, by the server's will or for want of a sign of life. */
  get ended(): boolean {
    return ['closed', 'disconnected', 'failed'].includes(this.#state);
  }

  /** SSRCs that it was given, in their order. */
  ssrcs(kind: 'audio' | 'video'): number[] {
    return this.#ssrcs.filter((each) => each.kind === kind).map(({ ssrc }) => ssrc);
  }

  async received(): Promise<Received> {
    const audio = this.#audio;
    this.#audio = { ...audio, rms: 0 };
    const video = this.#decoder?.received;
    const { frames, moves } = this.#before;
    return { video: video && { ...video, frames: video.frames + frames, moves: video.moves + moves }, audio };
  }

  describe(): unknown {
    return { state: this.#state, ssrcs: this.#ssrcs, decoder: this.#decoder?.words };
  }

  async end(): Promise<number> {
    const status = await deleteSession(this.#location);
    await this.close();
    return status;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#peer.close();
    this.#opus.free();
    await Promise.all([...this.#closing, this.#decoder?.close()]);
  }

  async #negotiate(url: string): Promise<void> {
    this.#peer.setLocalDescription('offer');
    await waitFor('libdatachannel to gather', () => this.#peer.gatheringState() === 'complete');
    const session = await openSession(url, '', this.#peer.localDescription()?.sdp ?? '');
    this.#location = session.location;
    this.#peer.setRemoteDescription(session.answer, 'answer');
  }

  #take(data: Buffer, track: Track): void {
    const packet = parseRtpPacket(data);
    if (!packet || this.#closed) return;
    const { payloadType } = packet;
    if (payloadType === PAYLOAD_TYPES.opus) this.#hear(packet);
    const codec = payloadType === PAYLOAD_TYPES.VP8 ? 'VP8' : payloadType === PAYLOAD_TYPES.H264 && 'H264';
    if (!codec) return;
    const stream = this.#streamOf(packet, codec);
    const isLast = isMarked(data);
    const frame = stream.assembler.take(packet, isLast);
    if (frame) this.#decoder?.decode(frame);
    // More than once: the library knows whom to ask from the first sender report on only.
    if (isLast && stream.assembler.needsKeyFrame) track.requestKeyframe();
  }

  #hear({ payload, ssrc }: RtpPacket): void {
    this.#note('audio', ssrc);
    const { channelData, samplesDecoded } = this.#opus.decodeFrame(payload);
    let squares = 0;
    for (const sample of channelData[0] ?? []) squares += sample * sample;
    const rms = Math.sqrt(squares / Math.max(1, samplesDecoded));
    this.#audio = { frames: this.#audio.frames + 1, rms: Math.max(rms, this.#audio.rms) };
  }

  /** The stream of a packet; its decoder is there then. */
  #streamOf({ ssrc }: RtpPacket, codec: AssembledCodec): VideoStream {
    const known = this.#stream;
    if (known?.ssrc === ssrc && known.codec === codec) return known;
    this.#note('video', ssrc);
    if (known?.codec !== codec) this.#decodeAs(codec);
    const stream = { ssrc, codec, assembler: new FrameAssembler(codec) };
    this.#stream = stream;
    return stream;
  }

  #decodeAs(codec: AssembledCodec): void {
    if (this.#decoder) {
      const { frames, moves } = this.#decoder.received;
      this.#before = { frames: this.#before.frames + frames, moves: this.#before.moves + moves };
      this.#closing.push(this.#decoder.close());
    }
    this.#decoder = new PictureDecoder(codec);
  }

  #note(kind: 'audio' | 'video', ssrc: number): void {
    if (!this.#ssrcs.some((each) => each.ssrc === ssrc)) this.#ssrcs.push({ kind, ssrc });
  }
}
