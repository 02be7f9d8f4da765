import { expect, test } from 'vitest';
import { HttpRefusal } from '../../http-session/http-refusal.ts';
import { NoCodecError } from '../video-sender.ts';
import { NoPathError, whipClosing } from './whip-failure.ts';

test.each([
  [new HttpRefusal(401, '401'), 'whip-unauthorized'],
  [new HttpRefusal(403, '403'), 'whip-unauthorized'],
  [new HttpRefusal(404, '404'), 'whip-not-found'],
  [new HttpRefusal(409, '409'), 'whip-busy'],
  [new HttpRefusal(503, '503'), 'whip-unavailable'],
  [new HttpRefusal(406, '406'), 'whip-refused'],
  [new NoPathError('none'), 'whip-no-path'],
  [new NoCodecError('none'), 'no-codec'],
  [new TypeError('Failed to fetch'), 'whip-unreachable'],
  [new DOMException('signal timed out', 'TimeoutError'), 'whip-unreachable'],
  [new DOMException('bad SDP', 'OperationError'), 'failed'],
  ['nonsense', 'failed'],
])('%s: %s', (error, code) => {
  expect(whipClosing(error).code).toBe(code);
});
