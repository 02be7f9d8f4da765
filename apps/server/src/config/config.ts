import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { RawConfig } from './schema.ts';

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** A range of UDP ports, both ends included. */
export interface PortRange {
  first: number;
  last: number;
}

type Media = Omit<RawConfig['media'], 'announcedAddress' | 'interfaces'> & {
  /** Host names or IP addresses that candidates carry; empty: those of the machine. */
  announcedAddress: string[];
  /** Names or addresses of the interfaces that carry media; empty: all. */
  interfaces: string[];
};

/** The configuration that the server runs with: every key has a value. */
export type Config = DeepReadonly<
  Omit<RawConfig, 'media' | 'sources'> & { media: Media; sources: { rtpPorts: PortRange } }
>;

/** The first and last port of a range written `first-last`. */
export function parsePortRange(text: string): PortRange {
  const [first = Number.NaN, last = Number.NaN] = text.split('-').map(Number);
  return { first, last };
}

function machineHasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some(({ family }) => family === 'IPv6'),
  );
}

/**
 * Turns what the file says into what the server works with. `dataDir` becomes absolute, from `cwd`; the host `::` becomes
 * `0.0.0.0` on a machine without IPv6, where it could not be listened on.
 */
export function toConfig(raw: RawConfig, cwd: string, hasIPv6 = machineHasIPv6()): Config {
  const { announcedAddress, interfaces } = raw.media;
  const host = raw.http.host === '::' && !hasIPv6 ? '0.0.0.0' : raw.http.host;
  return {
    ...raw,
    http: { ...raw.http, host },
    dataDir: resolve(cwd, raw.dataDir),
    media: {
      ...raw.media,
      announcedAddress: announcedAddress === null ? [] : [announcedAddress].flat(),
      interfaces: interfaces ?? [],
    },
    sources: { rtpPorts: parsePortRange(raw.sources.rtpPorts) },
  };
}
