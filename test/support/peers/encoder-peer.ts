import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { onTestFinished } from 'vitest';
import { waitFor } from '../wait-for.ts';
import type { Publisher } from './player.ts';
import { deleteSession, openSession } from './session.ts';

const VIDEO = { payloadType: 96, ssrc: 9601 };
const AUDIO = { payloadType: 111, ssrc: 1101 };

/** What OBS sends by default, whatever its offer says of the profile: H264 High, a key frame a second, on no request. */
const encoder = (video: number, audio: number): string[] => [
  ...['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15'],
  ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
  ...['-map', '0:v', '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-tune', 'zerolatency'],
  ...['-pix_fmt', 'yuv420p', '-g', '15', '-b:v', '300k'],
  ...output(video, VIDEO),
  ...['-map', '1:a', '-c:a', 'libopus', '-ac', '2'],
  ...output(audio, AUDIO),
];

function output(port: number, { payloadType, ssrc }: typeof VIDEO): string[] {
  const stream = ['-payload_type', `${payloadType}`, '-ssrc', `${ssrc}`];
  return ['-f', 'rtp', ...stream, `rtp://127.0.0.1:${port}?pkt_size=1200`];
}

/**
 * An encoder as OBS is one: libdatachannel, whose offer names SSRCs and neither MID nor RID extensions, and the media of a
 * program that knows nothing of WebRTC. Ended with the test at the latest.
 */
export class EncoderPeer implements Publisher {
  readonly #peer: PeerConnection;
  /** Kept, so that they are not collected while packets are sent. */
  readonly #tracks: { readonly video: Track; readonly audio: Track };
  readonly #token: string;
  readonly #sockets: Socket[] = [];
  #ffmpeg: ChildProcess | undefined;
  #location = '';

  /** Begins to publish; resolves when the server has answered. */
  static async publish(url: string, token: string): Promise<EncoderPeer> {
    const peer = new EncoderPeer(token);
    onTestFinished(() => peer.kill());
    await peer.#negotiate(url);
    await peer.#encode();
    return peer;
  }

  private constructor(token: string) {
    this.#token = token;
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
    video.addH264Codec(VIDEO.payloadType);
    video.addSSRC(VIDEO.ssrc, 'encoder', 'encoder', 'encoder-video');
    this.#tracks = { audio: this.#peer.addTrack(audio), video: this.#peer.addTrack(video) };
  }

  get location(): string {
    return this.#location;
  }

  async end(): Promise<number> {
    const status = await deleteSession(this.#location, this.#token);
    await this.kill();
    return status;
  }

  /** Idempotent. */
  async kill(): Promise<void> {
    const ffmpeg = this.#ffmpeg;
    this.#ffmpeg = undefined;
    if (ffmpeg) {
      const ended = new Promise((resolve) => ffmpeg.once('close', resolve));
      ffmpeg.kill('SIGKILL');
      await ended;
    }
    for (const socket of this.#sockets.splice(0)) socket.close();
    this.#peer.close();
  }

  async #negotiate(url: string): Promise<void> {
    this.#peer.setLocalDescription('offer');
    await waitFor('libdatachannel to gather', () => this.#peer.gatheringState() === 'complete');
    const session = await openSession(url, this.#token, this.#peer.localDescription()?.sdp ?? '');
    this.#location = session.location;
    this.#peer.setRemoteDescription(session.answer, 'answer');
    await waitFor('the encoder to be connected', () => this.#peer.state() === 'connected');
  }

  async #encode(): Promise<void> {
    const { video, audio } = this.#tracks;
    const ports = await Promise.all([this.#relay(video), this.#relay(audio)]);
    this.#ffmpeg = spawn('ffmpeg', encoder(...ports), { stdio: 'ignore' });
  }

  /** A port whose packets go on a track. */
  async #relay(track: Track): Promise<number> {
    const socket = createSocket('udp4');
    this.#sockets.push(socket);
    socket.on('message', (packet) => {
      if (track.isOpen()) track.sendMessageBinary(packet);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return socket.address().port;
  }
}
