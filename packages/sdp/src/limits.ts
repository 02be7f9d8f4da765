/* Bounds of a description. Far above what real clients send, and small enough that a hostile one costs little. */

/** Of the whole, in UTF-8. */
export const MAX_BYTES = 65_536;
export const MAX_LINES = 2_000;
/** Characters, without the line end. */
export const MAX_LINE_LENGTH = 2_048;
export const MAX_SECTIONS = 16;
/** Of one m-section. There are 128 in RTP, of which browsers use up to fifty. */
export const MAX_PAYLOAD_TYPES = 96;
/** Of the whole: a client lists each of its addresses in each m-section. */
export const MAX_CANDIDATES = 256;
/** Parameters of one `a=fmtp` line. */
export const MAX_CODEC_SETTINGS = 32;
/** Header extensions of one m-section. */
export const MAX_EXTENSIONS = 32;
/** Certificate fingerprints of one m-section, one for each hash function. */
export const MAX_FINGERPRINTS = 8;
/** Layers of a simulcast that a room carries. */
export const MAX_LAYERS = 4;
/** SSRCs of one m-section: layers, each with its retransmissions and its error correction. */
export const MAX_SSRCS = 16;
/** Characters of a MID. */
export const MAX_MID_LENGTH = 32;
/** Bytes of a MID that the header extension carries in packets (mediasoup's room for it). */
export const MAX_SENT_MID_LENGTH = 8;
