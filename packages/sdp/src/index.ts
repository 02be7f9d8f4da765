export { writePlayAnswer, writePublishAnswer } from './answers.ts';
export {
  type CounterOffer,
  counterCapabilities,
  counterOfferMids,
  type PlayAnswer,
  readPlayAnswer,
  writePlayOffer,
} from './counter-offer.ts';
export { type IceFragment, readIceFragment, writeIceFragment } from './ice-fragment.ts';
export type {
  AnsweredExtension,
  AnsweredFormat,
  AnsweredRid,
  IceCredentials,
  Offer,
  OfferedSection,
  Peer,
  RejectedSection,
} from './peer.ts';
export { type PlayOffer, readPlayOffer } from './play-offer.ts';
export { type PublishedTrack, type PublishOffer, readPublishOffer } from './publish-offer.ts';
export { SdpError, type SdpFault } from './sdp-error.ts';
