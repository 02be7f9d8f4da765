import { createSocket } from 'node:dgram';
import type { RtpInput } from '@spillway/protocol';
import { freePort } from './start-sfu.ts';

const PAYLOAD_TYPES = { VP8: 101, opus: 111, PCMU: 0, PCMA: 8 } as const;

/** Inputs on loopback, on ports that were free a moment ago: those of a kind share a pair. */
export async function rtpInputs(...codecs: readonly (keyof typeof PAYLOAD_TYPES)[]): Promise<RtpInput[]> {
  const pairs = {
    video: { port: await freePort(), rtcpPort: await freePort() },
    audio: { port: await freePort(), rtcpPort: await freePort() },
  };
  return codecs.map((codec, index) => {
    const kind = codec === 'VP8' ? 'video' : 'audio';
    const payloadType = PAYLOAD_TYPES[codec];
    return { kind, codec, address: '127.0.0.1', ...pairs[kind], ssrc: 0x1234_5678 + index, payloadType };
  });
}

/** A VP8 input on loopback, on ports that were free a moment ago. */
export async function vp8Input(): Promise<RtpInput> {
  const [input] = await rtpInputs('VP8');
  if (!input) throw new Error('There is no input');
  return input;
}

/** Without extensions. Bytes. */
const RTP_HEADER = 12;
const VP8_DESCRIPTOR = 1;

/** A whole VP8 key frame of 16 x 16 pixels (RFC 7741), as far as an SFU looks into it. */
const KEY_FRAME = Buffer.from([
  ...[0x10],
  ...[0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10, 0x00, 0x00, 0x00],
]);
const SOUND = Buffer.alloc(160, 0xff);

/** An RTP packet that is a VP8 key frame. */
export function vp8Packet(stream: Pick<RtpInput, 'ssrc' | 'payloadType'>, sequence: number): Buffer {
  return packet({ ...stream, kind: 'video' }, sequence);
}

/** The same but no key frame (the P bit of the frame tag, RFC 7741). */
export function vp8DeltaPacket(stream: Pick<RtpInput, 'ssrc' | 'payloadType'>, sequence: number): Buffer {
  const delta = vp8Packet(stream, sequence);
  const tag = RTP_HEADER + VP8_DESCRIPTOR;
  delta.writeUInt8(delta.readUInt8(tag) | 1, tag);
  return delta;
}

function packet(
  { kind, ssrc, payloadType }: Pick<RtpInput, 'kind' | 'ssrc' | 'payloadType'>,
  sequence: number,
): Buffer {
  const header = Buffer.alloc(RTP_HEADER);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(0x80 | payloadType, 1);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE((sequence * (kind === 'video' ? 3000 : 160)) >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, kind === 'video' ? KEY_FRAME : SOUND]);
}

/** Sends key frames or sound to inputs, all from one port of its own, until it is stopped. */
export function pushRtp(...inputs: readonly RtpInput[]): { stop(): void } {
  const socket = createSocket('udp4');
  let sequence = 1;
  const timer = setInterval(() => {
    for (const input of inputs) socket.send(packet(input, sequence), input.port, input.address);
    sequence += 1;
  }, 20);
  return {
    stop() {
      clearInterval(timer);
      socket.close();
    },
  };
}
