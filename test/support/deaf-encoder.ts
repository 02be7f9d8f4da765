import { createSocket, type Socket } from 'node:dgram';
import nodeDataChannel, { type PeerConnection, type Track, type Video } from 'node-datachannel';
import { onTestFinished } from 'vitest';
import { asksForKeyFrame } from '../../packages/loadgen/src/media/key-frame-request.ts';
import { type CountedCodec, countedRate, pushCounted } from './counted-push.ts';
import { openSession } from './peers/session.ts';
import type { ShellCommand } from './shell.ts';
import { vp9PredictionMarker } from './vp9-prediction.ts';
import { waitFor } from './wait-for.ts';

const VIDEO = { payloadType: 96, ssrc: 9601 };
const AUDIO = { payloadType: 111, ssrc: 1101 };

/**
 * An encoder that publishes by WHIP, shows in each picture its number, makes a key frame every 4 s, and answers no request for
 * one, as FFmpeg, OBS and most cameras do; but it counts them. Ended with the test at the latest.
 */
export class DeafEncoder {
  readonly #peer: PeerConnection;
  /** Kept, so that they are not collected while packets are sent. */
  readonly #tracks: { readonly video: Track; readonly audio: Track };
  readonly #sockets: Socket[] = [];
  #ffmpeg: ShellCommand | undefined;
  #requests = 0;

  /**
   * Publishes, until media flows.
   *
   * @param url WHIP endpoint
   * @param framesPerGop default 120: 4 s
   */
  static async publish(
    url: string,
    token: string,
    codec: CountedCodec,
    framesPerGop: number = countedRate.framesPerGop,
  ): Promise<DeafEncoder> {
    const encoder = new DeafEncoder(codec);
    onTestFinished(() => encoder.stop());
    await encoder.#negotiate(url, token);
    await encoder.#encode(codec, framesPerGop);
    return encoder;
  }

  private constructor(codec: CountedCodec) {
    // Not beyond this machine.
    this.#peer = new nodeDataChannel.PeerConnection('encoder', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
    });
    const audio = new nodeDataChannel.Audio('0', 'SendOnly');
    audio.addOpusCodec(AUDIO.payloadType);
    audio.addSSRC(AUDIO.ssrc, 'encoder', 'encoder', 'encoder-audio');
    const video = new nodeDataChannel.Video('1', 'SendOnly');
    addCodec(video, codec);
    video.addSSRC(VIDEO.ssrc, 'encoder', 'encoder', 'encoder-video');
    this.#tracks = { audio: this.#peer.addTrack(audio), video: this.#peer.addTrack(video) };
    this.#tracks.video.onMessage((data) => {
      if (asksForKeyFrame(data)) this.#requests += 1;
    });
  }

  /** Requests for a key frame that have come (PLI, FIR). */
  get requests(): number {
    return this.#requests;
  }

  /** Idempotent. The server is not told. */
  async stop(): Promise<void> {
    await this.#ffmpeg?.stop('SIGKILL');
    for (const socket of this.#sockets.splice(0)) socket.close();
    this.#peer.close();
  }

  async #negotiate(url: string, token: string): Promise<void> {
    this.#peer.setLocalDescription('offer');
    await waitFor('libdatachannel to gather', () => this.#peer.gatheringState() === 'complete');
    const session = await openSession(url, token, this.#peer.localDescription()?.sdp ?? '');
    this.#peer.setRemoteDescription(session.answer, 'answer');
    await waitFor('the encoder to be connected', () => this.#peer.state() === 'connected');
  }

  async #encode(codec: CountedCodec, framesPerGop: number): Promise<void> {
    const [video, audio] = await Promise.all([
      this.#relay(this.#tracks.video, codec === 'VP9' ? vp9PredictionMarker() : undefined),
      this.#relay(this.#tracks.audio),
    ]);
    this.#ffmpeg = pushCounted(
      codec,
      { ...VIDEO, port: video, rtcpPort: video },
      { ...AUDIO, port: audio, rtcpPort: audio },
      framesPerGop,
    );
  }

  /** A port whose packets, RTP and RTCP, go on a track. */
  async #relay(track: Track, mark?: (packet: Buffer) => void): Promise<number> {
    const socket = createSocket('udp4');
    this.#sockets.push(socket);
    socket.on('message', (packet) => {
      if (mark) mark(packet);
      if (track.isOpen()) track.sendMessageBinary(packet);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return socket.address().port;
  }
}

function addCodec(video: Video, codec: CountedCodec): void {
  if (codec === 'H264') video.addH264Codec(VIDEO.payloadType);
  else if (codec === 'VP8') video.addVP8Codec(VIDEO.payloadType);
  else video.addVP9Codec(VIDEO.payloadType);
}
