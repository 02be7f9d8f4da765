import type { TransportParameters } from '@spillway/protocol';
import type { WebRtcTransport } from 'mediasoup/types';

/** What the client needs of a transport. */
export function transportParameters(transport: WebRtcTransport): TransportParameters {
  return {
    id: transport.id,
    iceParameters: transport.iceParameters,
    iceCandidates: transport.iceCandidates,
    dtlsParameters: transport.dtlsParameters,
  };
}
