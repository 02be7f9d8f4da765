import nodeDataChannel from 'node-datachannel';
import type { PayloadFormat } from '../meter/media-meter.ts';
import { localOffer } from './local-offer.ts';
import { MediaPeer } from './media-peer.ts';
import { SdpSession, type SdpSessionOptions } from './sdp-session.ts';
import type { Entry, SessionParts, ViewerSession } from './viewer-session.ts';

/** Codecs of the offer by payload type, those that browsers have. */
const FORMATS: ReadonlyMap<number, PayloadFormat & { readonly settings?: string }> = new Map([
  [96, { kind: 'video', mimeType: 'video/VP8' }],
  [98, { kind: 'video', mimeType: 'video/VP9', settings: 'profile-id=0' }],
  [102, { kind: 'video', mimeType: 'video/H264', settings: h264('42e01f') }],
  [104, { kind: 'video', mimeType: 'video/H264', settings: h264('4d001f') }],
  [106, { kind: 'video', mimeType: 'video/H264', settings: h264('64001f') }],
  [45, { kind: 'video', mimeType: 'video/AV1' }],
  [111, { kind: 'audio', mimeType: 'audio/opus', settings: 'minptime=10;useinbandfec=1' }],
]);

function h264(profileLevelId: string): string {
  return `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profileLevelId}`;
}

/** Joins by WHEP (draft-ietf-wish-whep), in one request, at the endpoint of any server. */
export function whepEntry(options: SdpSessionOptions): Entry {
  return (parts) => new WhepSession(options, parts);
}

/** A viewer's WHEP session. It does not connect again, and leaves by DELETE. */
class WhepSession implements ViewerSession {
  readonly #parts: SessionParts;
  readonly #peer: MediaPeer;
  readonly #session: SdpSession;

  constructor(options: SdpSessionOptions, parts: SessionParts) {
    this.#parts = parts;
    this.#session = new SdpSession(options);
    const { reception, events } = parts;
    this.#peer = new MediaPeer({
      ...reception,
      actions: {
        connected: () => events.reached('transport'),
        lost: (state) => this.#handleLoss(state),
      },
      disableAutoNegotiation: true,
    });
    for (const [payloadType, format] of FORMATS) reception.meter?.expect(payloadType, format);
    addMedia(this.#peer);
  }

  async join(): Promise<void> {
    const { connection } = this.#peer;
    const answer = await this.#session.open(await localOffer(connection));
    if (this.#session.closed) return;
    this.#parts.events.reached('joined');
    connection.setRemoteDescription(answer, 'answer');
  }

  close(): Promise<void> {
    if (!this.#session.closed) this.#parts.reception.meter?.endTransport();
    this.#peer.close();
    return this.#session.close();
  }

  #handleLoss(state: string): void {
    void this.close();
    this.#parts.events.ended(`the transport is ${state}`);
  }
}

/** One section for each kind, as browsers offer them. */
function addMedia(peer: MediaPeer): void {
  const video = new nodeDataChannel.Video('0', 'RecvOnly');
  const audio = new nodeDataChannel.Audio('1', 'RecvOnly');
  for (const [payloadType, { kind, mimeType, settings }] of FORMATS) {
    const codec = mimeType.slice(kind.length + 1);
    const format = [payloadType, codec, ...(settings === undefined ? [] : [settings])] as const;
    if (kind === 'video') video.addVideoCodec(...format);
    else audio.addAudioCodec(...format);
  }
  for (const medium of [video, audio]) peer.addTrack(peer.connection.addTrack(medium));
}
