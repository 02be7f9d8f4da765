import { createSocket } from 'node:dgram';
import type { RtpInput } from '@spillway/protocol';
import { freePort } from './start-sfu.ts';

/** A VP8 input on loopback, on ports that were free a moment ago. */
export async function vp8Input(): Promise<RtpInput> {
  return {
    kind: 'video',
    codec: 'VP8',
    address: '127.0.0.1',
    port: await freePort(),
    rtcpPort: await freePort(),
    ssrc: 0x1234_5678,
    payloadType: 101,
  };
}

/** One RTP packet that holds a whole VP8 key frame of 16 x 16 pixels (RFC 7741), as far as an SFU looks into it. */
function keyFramePacket({ ssrc, payloadType }: RtpInput, sequence: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(0x80 | payloadType, 1);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE((sequence * 3000) >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  const descriptor = [0x10];
  const keyFrame = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10, 0x00, 0x00, 0x00];
  return Buffer.concat([header, Buffer.from([...descriptor, ...keyFrame])]);
}

/** Sends key frames to an input, from a port of its own, until it is stopped. */
export function pushKeyFrames(input: RtpInput): { stop(): void } {
  const socket = createSocket('udp4');
  let sequence = 1;
  const timer = setInterval(() => {
    socket.send(keyFramePacket(input, sequence), input.port, input.address);
    sequence += 1;
  }, 20);
  return {
    stop() {
      clearInterval(timer);
      socket.close();
    },
  };
}
