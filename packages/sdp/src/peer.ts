import type { DtlsParameters, MediaKind } from '@spillway/protocol';

/** ICE credentials of the other side (RFC 8839). They change only with an ICE restart. */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** A payload type that is taken, as the answer repeats it. */
export interface AnsweredFormat {
  readonly payloadType: number;
  /** Such as `opus/48000/2`. */
  readonly rtpmap: string;
  /** Of the `a=fmtp` line, as offered. */
  readonly fmtp: string | undefined;
  /** Such as `nack pli`. */
  readonly feedback: readonly string[];
}

/** A header extension that is taken (RFC 8285). */
export interface AnsweredExtension {
  readonly id: number;
  readonly uri: string;
  /** Of the answer, where the offer has one. */
  readonly direction: 'sendonly' | 'recvonly' | undefined;
}

/** A layer of a simulcast that is taken (RFC 8853). */
export interface AnsweredRid {
  readonly rid: string;
  /** Such as `max-width=640;max-br=500000`, as offered; empty where there are none. */
  readonly restrictions: string;
  /** Whether it starts paused. */
  readonly paused: boolean;
}

/** One m-section of an offer as the answer repeats it, in the offer's order. */
export interface OfferedSection {
  readonly mid: string;
  readonly kind: MediaKind;
  /** `UDP/TLS/RTP/SAVPF` or another profile that means the same; the answer has the offer's. */
  readonly protocol: string;
  readonly formats: readonly AnsweredFormat[];
  readonly extensions: readonly AnsweredExtension[];
  /** Layers of a simulcast in the offer's order; empty where there is none. */
  readonly rids: readonly AnsweredRid[];
  /** Whether RTCP packets may be of reduced size (RFC 5506). */
  readonly reducedSize: boolean;
}

/** An m-section that the answer turns down in its place (RFC 3264, section 6). */
export interface RejectedSection {
  /** Among all m-sections of the offer, from 0. */
  readonly index: number;
  readonly mid: string | undefined;
  readonly media: string;
  readonly protocol: string;
  readonly format: string;
}

/** What is the same for the whole of a description, all sections being one BUNDLE (RFC 9143). */
export interface Peer {
  readonly ice: IceCredentials;
  /** For `transport.connect`. `role` is what the other side will be: `client` where the answer says `passive`. */
  readonly dtlsParameters: DtlsParameters;
}

/** What every offer has that can be answered. */
export interface Offer extends Peer {
  /** Those that are taken. */
  readonly sections: readonly OfferedSection[];
  readonly rejected: readonly RejectedSection[];
  /** Whether header extensions of one and of two bytes may be mixed (RFC 8285, section 6). */
  readonly mixedExtensions: boolean;
}
