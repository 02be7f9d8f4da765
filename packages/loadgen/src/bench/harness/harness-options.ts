import type { RtpCapabilities } from 'mediasoup/types';
import { type Static, Type } from 'typebox';

/** What one viewer's consumers negotiate. What is left out costs the worker nothing. */
export const Feedback = Type.Object(
  {
    /** Transport-wide congestion control: a controller per viewer. */
    transportCc: Type.Boolean(),
    /** How lost packets are asked for: RTX (RFC 4588), NACK with the packet itself again (RFC 4585), or not at all. */
    retransmission: Type.Union([Type.Literal('rtx'), Type.Literal('nack'), Type.Literal('none')]),
    /** The abs-send-time header extension, which makes the worker write a time into every packet. */
    absSendTime: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type Feedback = Static<typeof Feedback>;

/** What the parent passes to the process of a harness, as JSON. */
export const HarnessOptions = Type.Object(
  {
    workerBin: Type.String(),
    /** Workers; viewers take turns. The media go to each once. */
    workers: Type.Integer({ minimum: 1, maximum: 64 }),
    feedback: Feedback,
    codec: Type.Union([Type.Literal('VP8'), Type.Literal('H264')]),
    /** SSRC and payload type of the video. */
    ssrc: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }),
    payloadType: Type.Integer({ minimum: 96, maximum: 127 }),
    /** Of each WebRtcServer's socket; the kernel caps it. Bytes; 0: as the system has it. */
    socketBuffer: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);
export type HarnessOptions = Static<typeof HarnessOptions>;

/** What the process tells when it is ready. */
export const HarnessAddress = Type.Object(
  {
    url: Type.String(),
    /** Where the video is sent. */
    rtpPort: Type.Integer(),
    rtcpPort: Type.Integer(),
    workerPids: Type.Array(Type.Integer()),
  },
  { additionalProperties: false },
);
export type HarnessAddress = Static<typeof HarnessAddress>;

const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
const ABS_SEND_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';

/** A router's capabilities as a viewer with this feedback has them. */
export function viewerCapabilities(
  router: RtpCapabilities,
  { transportCc, retransmission, absSendTime }: Feedback,
): RtpCapabilities {
  const wanted: Record<string, boolean> = {
    'transport-cc': transportCc,
    // Another congestion controller, which mediasoup would fall back to.
    'goog-remb': false,
    nack: retransmission !== 'none',
  };
  return {
    codecs: (router.codecs ?? [])
      .filter(({ mimeType }) => retransmission === 'rtx' || !/\/rtx$/i.test(mimeType))
      .map((codec) => ({
        ...codec,
        rtcpFeedback: (codec.rtcpFeedback ?? []).filter(
          // `nack pli` asks for a key frame, not for a packet.
          ({ type, parameter }) => parameter === 'pli' || (wanted[type] ?? true),
        ),
      })),
    headerExtensions: (router.headerExtensions ?? []).filter(
      ({ uri }) => (uri !== TRANSPORT_CC || transportCc) && (uri !== ABS_SEND_TIME || absSendTime),
    ),
  };
}
