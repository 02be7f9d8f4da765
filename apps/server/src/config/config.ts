import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import type { RawConfig, RoomConfig } from './schema.ts';

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

type Sources = Omit<RawConfig['sources'], 'rtpPorts' | 'library'> & {
  rtpPorts: PortRange;
  /** Absolute path. */
  library: string;
};

/** The configuration that the server runs with: every key has a value. */
export type Config = DeepReadonly<
  Omit<RawConfig, 'media' | 'sources' | 'rooms'> & { media: Media; sources: Sources }
> & { readonly rooms: readonly RoomConfig[] };

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
  const dataDir = resolve(cwd, raw.dataDir);
  const { library, rtpPorts } = raw.sources;
  const host = raw.http.host === '::' && !hasIPv6 ? '0.0.0.0' : raw.http.host;
  return {
    ...raw,
    http: { ...raw.http, host },
    dataDir,
    media: {
      ...raw.media,
      announcedAddress: announcedAddress === null ? [] : [announcedAddress].flat(),
      interfaces: interfaces ?? [],
    },
    sources: {
      ...raw.sources,
      rtpPorts: parsePortRange(rtpPorts),
      library: library === null ? join(dataDir, 'library') : resolve(cwd, library),
    },
  };
}
