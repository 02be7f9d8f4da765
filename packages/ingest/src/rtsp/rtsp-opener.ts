import type { RtspSourceConfig } from '@spillway/protocol';
import { unlessGivenUp } from '../give-up.ts';
import type { InputOpener, OpenInput } from '../input.ts';
import type { Logger } from '../logger.ts';
import { type AddressPolicy, type AllowedAddress, resolveAllowed } from './address-policy.ts';
import { connectCamera } from './camera-connection.ts';
import { parseCameraUrl } from './camera-url.ts';
import type { Loss } from './rtp-loss.ts';
import { RtspGate } from './rtsp-gate.ts';

export interface RtspOpenerOptions {
  readonly addressPolicy: AddressPolicy;
  readonly logger: Logger;
}

/** A camera that FFmpeg reads through a gate. */
export interface OpenRtspInput extends OpenInput {
  /** RTP packets so far; with `transport: udp` none are seen. */
  readonly loss: () => Loss;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

/** Opens a camera, or another RTSP server. */
export class RtspOpener implements InputOpener {
  readonly waiting = 'Connects to the camera';
  readonly #config: RtspSourceConfig;
  readonly #options: RtspOpenerOptions;
  readonly #closed = new AbortController();

  constructor(config: RtspSourceConfig, options: RtspOpenerOptions) {
    this.#config = config;
    this.#options = options;
  }

  /** @throws {InputError} why it cannot be opened now */
  async open(giveUp: AbortSignal): Promise<OpenRtspInput> {
    const { addressPolicy, logger } = this.#options;
    const camera = parseCameraUrl(this.#config);
    const timeoutMs = (this.#config.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
    const stop = AbortSignal.any([giveUp, this.#closed.signal]);
    const address = await findAddress(camera.host, addressPolicy, timeoutMs, stop);
    const connected = await connectCamera({ camera, to: address, timeoutMs, giveUp: stop });
    const gate = await RtspGate.open({ camera, address, timeoutMs, connected });
    logger.debug({ camera: camera.shown, address: address.address }, 'Connected to the camera');
    return {
      args: inputArgs(this.#config, gate.url),
      secrets: camera.secrets,
      problem: () => gate.problem,
      loss: () => gate.loss,
      close: () => gate.close(),
    };
  }

  close(): void {
    this.#closed.abort();
  }
}

/**
 * FFmpeg's options for the gate. No time-out among them: their names differ between its versions, and the gate has
 * its own. No `-fflags nobuffer`: it throws away what is read while the streams are examined, the first key frame with it.
 */
function inputArgs({ transport = 'tcp', audio = true }: RtspSourceConfig, url: string): string[] {
  return [
    ...['-protocol_whitelist', 'rtsp,rtp,tcp,udp'],
    ...['-rtsp_transport', transport],
    // Cameras also offer metadata (ONVIF), which nobody reads.
    ...['-allowed_media_types', audio ? 'video+audio' : 'video'],
    // The SDP says most of it.
    ...['-analyzeduration', '3000000', '-probesize', '5000000', '-fpsprobesize', '0'],
    ...['-i', url],
  ];
}

/** Finds the camera's address, each time anew: it may have changed. */
function findAddress(
  host: string,
  policy: AddressPolicy,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<AllowedAddress> {
  const late = AbortSignal.timeout(timeoutMs);
  return unlessGivenUp(resolveAllowed(host, policy), AbortSignal.any([stop, late]), () =>
    stop.aborted
      ? 'It was stopped while it looked for the camera'
      : `The name ${host} was not resolved within ${timeoutMs / 1000} s: check this server's DNS, or enter the IP address`,
  );
}
