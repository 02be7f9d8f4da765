import type { InputProblem } from '../input.ts';
import type { CameraUrl } from './camera-url.ts';
import { redactUrl } from './redact-url.ts';

/** Many cameras lock a user after some wrong passwords in a minute or so. */
const REFUSED_PAUSE_MS = 30_000;

/** What an answer of the camera that is no success means. Cameras change their mind: none is final. */
export function describeAnswer(
  method: string,
  status: number,
  phrase: string,
  { shown, credentials }: CameraUrl,
): InputProblem {
  const reason = describe(method, status, phrase, shown, credentials !== undefined);
  return { reason, final: false, ...(status === 401 && credentials ? { pauseMs: REFUSED_PAUSE_MS } : {}) };
}

function describe(method: string, status: number, phrase: string, shown: string, hasLogin: boolean): string {
  switch (status) {
    case 401:
      return hasLogin
        ? 'The camera refuses the user name or password (401): enter those of a user of the camera who may view it'
        : 'The camera asks for a user name and password (401): enter those of a user of the camera who may view it';
    case 403:
      return hasLogin
        ? 'The camera does not let this user view the stream (403): give the user that right in the camera, or enter another one'
        : 'The camera does not let everybody view the stream (403): enter user name and password';
    case 404:
    case 454:
      return `The camera has no such stream (${status}): check the path in ${shown}; the camera's manual names it`;
    case 453:
    case 503:
      return `The camera serves no further client (${status}): end other programs that view it, or raise its limit of connections`;
    case 461:
      return 'The camera does not send in this way (461): set transport of the source to the other of tcp and udp';
    default:
      return `The camera answered ${method} with ${status} ${printable(phrase)}`.trim();
  }
}

/** The camera wants to be asked somewhere else, which is for a person to judge. */
export function describeRedirect(location: string | undefined): InputProblem {
  const where = location ? redactUrl(printable(location)) : 'another address that it does not name';
  return {
    reason: `The camera sends us elsewhere: ${where}. If that is right, enter it as the URL of the source`,
    final: false,
  };
}

/** What came is not RTSP. Before the first answer that means a wrong port or worse; later it is a fault. */
export function describeFormatError(
  what: string,
  { host, port }: CameraUrl,
  hasAnswered: boolean,
): InputProblem {
  if (hasAnswered) return { reason: `The camera broke the rules of RTSP: it sent ${what}`, final: true };
  const cure =
    what === 'HTTP'
      ? 'this is the port of a web page: enter that of RTSP, mostly 554'
      : what === 'TLS'
        ? 'the port wants TLS: use rtsps:// instead of rtsp://'
        : 'check host and port';
  return {
    reason: `What answers at ${host}:${port} is no RTSP server, it sent ${what}: ${cure}`,
    final: true,
  };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, 200);
}
