import { expect, it } from 'vitest';
import { parseEnvelope } from './envelope.ts';

it('reads a protoo request', () => {
  const text = '{"request":true,"id":7,"method":"watch","data":{"a":1}}';
  expect(parseEnvelope(text)).toEqual({
    ok: true,
    message: { request: true, id: 7, method: 'watch', data: { a: 1 } },
  });
  expect(parseEnvelope('{"request":true,"id":7,"method":"end"}')).toMatchObject({ message: { data: {} } });
});

it.each([
  '',
  'null',
  '[]',
  '1',
  '"x"',
  '{}',
  '{"request":true}',
  '{"request":false,"id":1,"method":"watch"}',
  '{"request":true,"id":-1,"method":"watch"}',
  '{"request":true,"id":1.5,"method":"watch"}',
  '{"request":true,"id":1,"method":""}',
  '{"request":true,"id":1,"method":"watch","data":[]}',
  '{"request":true,"id":1,"method":"watch","data":null}',
  '{"request":true,"id":1,"method":"watch","more":1}',
  '{"response":true,"id":1,"ok":true}',
  '{"notification":true,"method":"x"}',
])('refuses %s with a reason', (text) => {
  const parsed = parseEnvelope(text);
  expect(parsed.ok).toBe(false);
  expect(parsed.ok ? '' : parsed.error).toMatch(/^the message is not/);
});
