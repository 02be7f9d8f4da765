/** A session description (RFC 8866). */
export const SDP = 'application/sdp';

/** Candidates and ICE restarts (RFC 8840). */
export const ICE_FRAGMENT = 'application/trickle-ice-sdpfrag';
