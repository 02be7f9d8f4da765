import { isIPv6 } from 'node:net';
import type { RtpInput } from '@spillway/protocol';

/** Bytes of an RTP packet: fits any path with room for SRTP and tunnels. */
const PACKET_SIZE = 1200;

/** With G.711 at 8 kHz: the header and 20 ms, however long the packets are that come in. */
const G711_PACKET_SIZE = 12 + 160;

export interface RtpOutputOptions {
  /**
   * Wall clock of timestamp zero, in microseconds since 1970. Outputs with the same one map their timestamps to the same
   * clock in their sender reports, so that a receiver can tell which pictures belong together. Default: when each begins.
   */
  readonly startTimeUs?: number | undefined;
}

/** Arguments of one RTP output that a source listens for. FFmpeg takes one stream an output. */
export function rtpOutputArgs(
  input: Omit<RtpInput, 'kind' | 'codec'> & { readonly codec?: RtpInput['codec'] },
  { startTimeUs }: RtpOutputOptions = {},
): string[] {
  const host = isIPv6(input.address) ? `[${input.address}]` : input.address;
  const isG711 = input.codec === 'PCMU' || input.codec === 'PCMA';
  const packetSize = isG711 ? G711_PACKET_SIZE : PACKET_SIZE;
  return [
    ...['-f', 'rtp', '-ssrc', `${signed32(input.ssrc)}`, '-payload_type', `${input.payloadType}`],
    ...(startTimeUs === undefined ? [] : ['-start_time_realtime', `${Math.floor(startTimeUs)}`]),
    `rtp://${host}:${input.port}?rtcpport=${input.rtcpPort}&pkt_size=${packetSize}`,
  ];
}

/** FFmpeg's option is a signed 32-bit number. */
function signed32(value: number): number {
  return value | 0;
}
