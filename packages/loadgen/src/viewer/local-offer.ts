import type { PeerConnection } from 'node-datachannel';

/**
 * The offer of a connection whose media are added, with all its candidates. The connection has to be one with
 * `disableAutoNegotiation`.
 */
export async function localOffer(connection: PeerConnection): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.onGatheringStateChange((state) => {
    if (state === 'complete') resolve();
  });
  connection.setLocalDescription('offer');
  if (connection.gatheringState() !== 'complete') await promise;
  const offer = connection.localDescription();
  if (!offer) throw new Error('the media library made no offer');
  return offer.sdp;
}
