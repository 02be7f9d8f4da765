import type { Attributes } from './attributes.ts';
import { MAX_EXTENSIONS } from './limits.ts';
import { SdpError } from './sdp-error.ts';

export const MID_URI = 'urn:ietf:params:rtp-hdrext:sdes:mid';
export const RID_URI = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
export const ABS_SEND_TIME_URI = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
export const TRANSPORT_CC_URI = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** An `a=extmap` line (RFC 8285). */
export interface HeaderExtension {
  readonly id: number;
  readonly uri: string;
  /** As the writer sees it; undefined: that of the m-section. */
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive' | undefined;
}

const EXTMAP = /^([0-9]{1,5})(?:\/(sendrecv|sendonly|recvonly|inactive))? +(\S{1,256})(?: .*)?$/;

/** From here on an offer lists what has no id yet, for which the answer would have to find one. */
const FIRST_PROVISIONAL_ID = 4096;

/**
 * The header extensions of an m-section that have an id.
 *
 * @throws {SdpError} `malformed`
 */
export function readExtensions(section: Attributes, session: Attributes): HeaderExtension[] {
  const lines = [...section.all('extmap'), ...session.all('extmap')];
  const excess = lines[MAX_EXTENSIONS];
  if (excess) throw new SdpError('malformed', `more than ${MAX_EXTENSIONS} header extensions`, excess.line);
  const byId = new Map<number, HeaderExtension>();
  for (const { value, line } of lines) {
    const [, idText, directionText, uri] = EXTMAP.exec(value) ?? [];
    const id = Number(idText);
    if (uri === undefined || id < 1 || (id > 255 && id < FIRST_PROVISIONAL_ID)) {
      throw new SdpError(
        'malformed',
        'it is not of the form "a=extmap:1 uri" with an id from 1 to 255',
        line,
      );
    }
    if (id >= FIRST_PROVISIONAL_ID) continue;
    const before = byId.get(id);
    if (before && before.uri !== uri) {
      throw new SdpError('malformed', `header extension ${id} is given two meanings`, line);
    }
    byId.set(id, { id, uri, direction: directions.find((direction) => direction === directionText) });
  }
  return [...byId.values()];
}

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
