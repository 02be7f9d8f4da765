import type { MediaKind, RtpCapabilities } from '@spillway/protocol';
import type { ServerCodec } from './match-codec.ts';
import type { AnsweredFormat } from './peer.ts';
import type { RtpFormat } from './rtp-formats.ts';

/** RTCP feedback of a codec as mediasoup has it. */
export type RtcpFeedback = NonNullable<ServerCodec['rtcpFeedback']>[number];

export function feedbackText({ type, parameter }: RtcpFeedback): string {
  return parameter ? `${type} ${parameter}` : type;
}

/** The feedback of the server's codec that the other side knows too. */
export function commonFeedback(format: RtpFormat, codec: ServerCodec): RtcpFeedback[] {
  return (codec.rtcpFeedback ?? []).filter((feedback) => format.feedback.has(feedbackText(feedback)));
}

/** A payload type as the answer writes it. */
export function answeredFormat(format: RtpFormat, feedback: readonly RtcpFeedback[]): AnsweredFormat {
  const { payloadType, name, clockRate, channels = 1, fmtp } = format;
  return {
    payloadType,
    rtpmap: `${name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`,
    fmtp,
    feedback: feedback.map(feedbackText),
  };
}

/** What the server carries of a kind, for a message. */
export function codecNames({ codecs = [] }: RtpCapabilities, kind: MediaKind): string {
  const names = codecs
    .filter((codec) => codec.kind === kind)
    .map((codec) => codec.mimeType.slice(kind.length + 1))
    .filter((name) => name !== 'rtx');
  return [...new Set(names)].join(', ');
}
