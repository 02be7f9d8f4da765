import { Value } from 'typebox/value';
import { expect, it } from 'vitest';
import { readValue } from './check.ts';
import { toConfig } from './config.ts';
import { ConfigSchema, type RawConfig } from './schema.ts';

function raw(given: unknown): RawConfig {
  const { value } = readValue(ConfigSchema, given);
  return Value.Parse(ConfigSchema, value);
}

it('listens on every IPv4 address where there is no IPv6', () => {
  const host = (given: string, hasIPv6: boolean) =>
    toConfig(raw({ http: { host: given } }), '/', hasIPv6).http.host;
  expect(host('::', false)).toBe('0.0.0.0');
  expect(host('::', true)).toBe('::');
  expect(host('127.0.0.1', false)).toBe('127.0.0.1');
});

it('gives lists and ranges one form', () => {
  const { media, sources, dataDir } = toConfig(
    raw({ media: { announcedAddress: 'a.example' }, sources: { rtpPorts: '5000-5009' } }),
    '/srv',
  );
  expect(media.announcedAddress).toEqual(['a.example']);
  expect(media.interfaces).toEqual([]);
  expect(sources.rtpPorts).toEqual({ first: 5000, last: 5009 });
  expect(dataDir).toBe('/srv/data');
});
