import type { Router, WebRtcServer, WebRtcTransport, WebRtcTransportOptions } from 'mediasoup/types';

/** Where transports of a room are made: a router and the WebRtcServer of its worker. */
export interface Seat {
  readonly router: Router;
  readonly webRtcServer: WebRtcServer;
}

type TransportSettings = Pick<
  WebRtcTransportOptions,
  'iceConsentTimeout' | 'initialAvailableOutgoingBitrate'
>;

/** Makes a WebRTC transport on the worker's media port, UDP first. */
export function createTransport(seat: Seat, settings: TransportSettings): Promise<WebRtcTransport> {
  return seat.router.createWebRtcTransport({
    webRtcServer: seat.webRtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    ...settings,
  });
}
