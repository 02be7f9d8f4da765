export type { IceCredentials, OfferedSection, Peer } from './peer.ts';
export type { PlayOffer } from './play-offer.ts';
export type { PublishedTrack, PublishOffer } from './publish-offer.ts';
export { SdpError, type SdpFault } from './sdp-error.ts';
