import { createSocket, type Socket } from 'node:dgram';
import nodeDataChannel, { type PeerConnection, type Track, type Video } from 'node-datachannel';
import { waitFor } from '../wait-for.ts';
import { openSession, type Session } from './session.ts';

/** How the RTP has to be that it is given. */
export const VIDEO = { payloadType: 96, ssrc: 9601 };
export const AUDIO = { payloadType: 111, ssrc: 1101 };

export type SentCodec = 'H264' | 'VP8' | 'VP9';

/** A WHIP publisher by libdatachannel, which passes on the RTP and RTCP that come to ports of its own. */
export class SendingPeer {
  readonly #peer: PeerConnection;
  readonly #sockets: Socket[] = [];
  /** Kept, so that they are not collected while packets are sent. */
  readonly video: Track;
  readonly audio: Track;

  constructor(codec: SentCodec) {
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
    this.audio = this.#peer.addTrack(audio);
    this.video = this.#peer.addTrack(video);
  }

  /** Opens a session; resolves when it is connected. */
  async negotiate(url: string, token: string): Promise<Session> {
    this.#peer.setLocalDescription('offer');
    await waitFor('libdatachannel to gather', () => this.#peer.gatheringState() === 'complete');
    const session = await openSession(url, token, this.#peer.localDescription()?.sdp ?? '');
    this.#peer.setRemoteDescription(session.answer, 'answer');
    await waitFor('the encoder to be connected', () => this.#peer.state() === 'connected');
    return session;
  }

  /**
   * A port whose packets, RTP and RTCP, go on a track.
   *
   * @param mark may change a packet before
   */
  async relay(track: Track, mark?: (packet: Buffer) => void): Promise<number> {
    const socket = createSocket('udp4');
    this.#sockets.push(socket);
    socket.on('message', (packet) => {
      mark?.(packet);
      if (track.isOpen()) track.sendMessageBinary(packet);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return socket.address().port;
  }

  /** Idempotent. The server is not told. */
  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.close();
    this.#peer.close();
  }
}

function addCodec(video: Video, codec: SentCodec): void {
  if (codec === 'H264') video.addH264Codec(VIDEO.payloadType);
  else if (codec === 'VP8') video.addVP8Codec(VIDEO.payloadType);
  else video.addVP9Codec(VIDEO.payloadType);
}
