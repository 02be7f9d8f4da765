import type { SdpMedia } from './read-sdp.ts';

const MP2T = 33;

/** An SDP for FFmpeg, of checked parts only: to listen at `listenAddress`, or in the group of a stream. */
export function writeSdp(media: readonly SdpMedia[], listenAddress: string): string {
  // FFmpeg takes the address of MPEG-TS from here, that of others from their own lines.
  const common = media.find(({ payloadType }) => payloadType === MP2T) ?? media[0];
  const lines = [
    ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-'],
    ...(common ? [connection(common, listenAddress)] : []),
    't=0 0',
    ...media.flatMap((one) => section(one, listenAddress)),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

function connection({ group }: SdpMedia, listenAddress: string): string {
  return `c=IN IP4 ${group ? `${group.address}/${group.ttl}` : listenAddress}`;
}

function section(media: SdpMedia, listenAddress: string): string[] {
  const { kind, port, payloadType, rtpmap, parameters } = media;
  const fmtp = [...parameters].map(([name, value]) => `${name}=${value}`).join(';');
  return [
    `m=${kind} ${port} RTP/AVP ${payloadType}`,
    connection(media, listenAddress),
    ...(rtpmap === undefined ? [] : [`a=rtpmap:${payloadType} ${rtpmap}`]),
    ...(fmtp === '' ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
  ];
}
