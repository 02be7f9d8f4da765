import type {
  Router,
  RouterRtpCodecCapability,
  WebRtcServer,
  WebRtcTransport,
  WebRtcTransportOptions,
} from 'mediasoup/types';
import { whileOpen } from './gone.ts';

/** Where transports of a room are made: a router and the WebRtcServer of its worker. */
export interface Seat {
  readonly router: Router;
  readonly webRtcServer: WebRtcServer;
  /** Index of the worker. */
  readonly workerIndex: number;
  /** Makes a further router on the same worker. */
  createRouter(codecs: readonly RouterRtpCodecCapability[]): Promise<Router>;
}

type TransportSettings = Pick<
  WebRtcTransportOptions,
  'iceConsentTimeout' | 'initialAvailableOutgoingBitrate'
>;

/**
 * Makes a WebRTC transport on the worker's media port, UDP first.
 *
 * @throws {SpillwayError} `unavailable` when the worker dies meanwhile
 */
export function createTransport(seat: Seat, settings: TransportSettings): Promise<WebRtcTransport> {
  const transport = seat.router.createWebRtcTransport({
    webRtcServer: seat.webRtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    ...settings,
  });
  return whileOpen(seat.router, transport);
}
