import { expect, test } from 'vitest';
import { HttpRefusal, readRefusal, refusalMeaning, retryAfterOf } from './http-refusal.ts';
import { retryDelay } from './retry-delay.ts';

test.each([
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [404, 'offline'],
  [409, 'offline'],
  [400, 'final'],
  [406, 'final'],
  [415, 'final'],
  [422, 'final'],
  [429, 'busy'],
  [500, 'busy'],
  [503, 'busy'],
  [599, 'busy'],
])('%i means %s', (status, meaning) => {
  expect(refusalMeaning(status)).toBe(meaning);
});

test.each([
  [
    'problem details',
    'application/problem+json',
    '{"title":"Conflict","detail":"nothing is live"}',
    '409: nothing is live',
  ],
  [
    'MediaMTX’s JSON',
    'application/json',
    '{"status":"error","error":"no one is publishing"}',
    '409: no one is publishing',
  ],
  ['plain text', 'text/plain; charset=utf-8', 'not now\n', '409: not now'],
  ['a page', 'text/html', '<html>', '409: Conflict'],
  ['broken JSON', 'application/json', '{"detail":', '409'],
  ['JSON of another shape', 'application/json', '["a"]', '409'],
  ['nothing', '', '', '409: Conflict'],
])('reads the sentence of %s', async (_, type, body, message) => {
  const headers = type ? { 'content-type': type } : [];
  const statusText = message.includes('Conflict') ? 'Conflict' : '';
  const refusal = await readRefusal(new Response(body || null, { status: 409, statusText, headers }));
  expect(refusal).toMatchObject({ status: 409, message });
});

test('passes on no more than a sentence', async () => {
  const response = new Response('x'.repeat(10_000), {
    status: 400,
    headers: { 'content-type': 'text/plain' },
  });
  expect((await readRefusal(response)).message.length).toBeLessThan(400);
});

test('reads Retry-After as seconds or date, within bounds', () => {
  const now = Date.parse('Fri, 20 Nov 2026 12:00:00 GMT');
  expect(retryAfterOf('5', now)).toBe(5);
  expect(retryAfterOf('Fri, 20 Nov 2026 12:00:07 GMT', now)).toBe(7);
  expect(retryAfterOf('Fri, 20 Nov 2026 11:00:00 GMT', now)).toBe(0);
  expect(retryAfterOf('86400', now)).toBe(60);
  expect(retryAfterOf('soon', now)).toBeUndefined();
  expect(retryAfterOf(null, now)).toBeUndefined();
});

test('waits as long as the server says, or longer each time', () => {
  const told = new HttpRefusal(503, '503', 4);
  expect([retryDelay(told, 0, 0), retryDelay(told, 9, 0.8)]).toEqual([4000, 4800]);
  const silent = new HttpRefusal(404, '404');
  expect([0, 1, 20].map((failures) => retryDelay(silent, failures, 0))).toEqual([250, 500, 4000]);
  expect(retryDelay(new TypeError('no network'), 0, 0)).toBe(250);
});
