import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { InputError, type InputProblem } from '../input.ts';
import type { AllowedAddress } from './address-policy.ts';
import type { CameraUrl } from './camera-url.ts';

export interface ConnectCameraOptions {
  readonly camera: CameraUrl;
  /** What its host has resolved to and the policy allows: nothing is resolved again here. */
  readonly to: AllowedAddress;
  readonly timeoutMs: number;
  readonly giveUp: AbortSignal;
}

/**
 * Connects to a camera.
 *
 * @throws {InputError} why not
 */
export function connectCamera({ camera, to, timeoutMs, giveUp }: ConnectCameraOptions): Promise<Socket> {
  const options = { host: to.address, port: camera.port, family: to.family, noDelay: true, keepAlive: true };
  return new Promise((resolve, reject) => {
    const socket = camera.tls
      ? // Cameras sign their certificates themselves, so none is verified: this keeps listeners out, not impostors.
        connectTls({
          ...options,
          rejectUnauthorized: false,
          ...(isIP(camera.host) ? {} : { servername: camera.host }),
        })
      : connect(options);
    const timer = setTimeout(() => fail(timedOut(camera, timeoutMs)), timeoutMs);
    const handleError = (error: NodeJS.ErrnoException) => fail(describeSocketError(camera, error));
    const handleClose = () => fail(describeSocketError(camera, {}));
    const handleGiveUp = () => fail({ reason: 'It was stopped while it connected', final: false });
    const settle = () => {
      clearTimeout(timer);
      giveUp.removeEventListener('abort', handleGiveUp);
      socket.off('close', handleClose);
    };
    const fail = (problem: InputProblem) => {
      settle();
      socket.destroy();
      reject(new InputError(problem));
    };
    socket.on('error', handleError);
    socket.once('close', handleClose);
    giveUp.addEventListener('abort', handleGiveUp);
    socket.once(camera.tls ? 'secureConnect' : 'connect', () => {
      settle();
      socket.off('error', handleError);
      // Between here and whoever takes it over; it is closed after an error anyway.
      socket.on('error', () => {});
      resolve(socket);
    });
    if (giveUp.aborted) handleGiveUp();
  });
}

/** What the failure of a connection means. */
export function describeSocketError(
  { shown, host, port, tls }: CameraUrl,
  { code = '' }: { readonly code?: string | undefined },
): InputProblem {
  const where = `${host}:${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return retry(
        `Nothing listens at ${where} (connection refused): check the port in ${shown} and that RTSP is turned on in the camera`,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'EADDRNOTAVAIL':
      return retry(
        `There is no way to ${where} (no route): check the address, the network and whether the camera has power`,
      );
    case 'ETIMEDOUT':
      return retry(`The camera at ${where} has stopped answering: check its network and power`);
    case 'ECONNRESET':
    case 'EPIPE':
    case '':
      return retry(
        tls
          ? `The camera at ${where} broke off the connection: check that this is its port for RTSP over TLS, or use rtsp:// instead`
          : `The camera at ${where} broke off the connection`,
      );
    default:
      return tls
        ? retry(
            `No TLS with ${where} (${code}): check that this is the camera's port for RTSP over TLS, or use rtsp:// instead`,
          )
        : retry(`The connection to ${where} failed (${code})`);
  }
}

function timedOut({ host, port }: CameraUrl, timeoutMs: number): InputProblem {
  return retry(
    `No connection to ${host}:${port} within ${timeoutMs / 1000} s (timed out): check the address, the camera's power and firewalls between`,
  );
}

function retry(reason: string): InputProblem {
  return { reason, final: false };
}
