import type { DtlsParameters, MediaKind } from '@spillway/protocol';

/** ICE credentials of the other side (RFC 8839). They change only with an ICE restart. */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** One m-section of an offer as the answer repeats it, in the offer's order. */
export interface OfferedSection {
  readonly mid: string;
  readonly kind: MediaKind;
  /** `UDP/TLS/RTP/SAVPF` or another profile that means the same; the answer has the offer's. */
  readonly protocol: string;
}

/** What is the same for the whole of a description, all sections being one BUNDLE (RFC 9143). */
export interface Peer {
  readonly ice: IceCredentials;
  /** For `transport.connect`. `role` is what the other side will be: `client` where the answer says `passive`. */
  readonly dtlsParameters: DtlsParameters;
}
