import { isIPv6 } from 'node:net';
import type { RtpInput } from '@spillway/protocol';

/** Bytes of an RTP packet: fits any path with room for SRTP and tunnels. */
const PACKET_SIZE = 1200;

/** Arguments of one RTP output that a source listens for. FFmpeg takes one stream an output. */
export function rtpOutputArgs(input: Omit<RtpInput, 'kind' | 'codec'>): string[] {
  const host = isIPv6(input.address) ? `[${input.address}]` : input.address;
  return [
    ...['-f', 'rtp', '-ssrc', `${signed32(input.ssrc)}`, '-payload_type', `${input.payloadType}`],
    `rtp://${host}:${input.port}?rtcpport=${input.rtcpPort}&pkt_size=${PACKET_SIZE}`,
  ];
}

/** FFmpeg's option is a signed 32-bit number. */
function signed32(value: number): number {
  return value | 0;
}
