import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import type { TransportListenInfo } from 'mediasoup/types';

/** Where the media ports of the workers listen and what clients are told. */
export interface ListenOptions {
  /** Port of the first worker; the worker with index n listens on `port + n`. */
  readonly port: number;
  /** Addresses or host names to announce instead of the interfaces' own. Default: none. */
  readonly announcedAddresses?: readonly string[];
  /** Names or addresses of the interfaces to use. Default: every usable one. */
  readonly interfaces?: readonly string[];
  /** Default true. */
  readonly udp?: boolean;
  /** Default true. */
  readonly tcp?: boolean;
}

/** Bridges of container and VM engines: peers beyond them reach the machine by its real interfaces too. */
const VIRTUAL = /^(docker|br-|veth|virbr|vnet|cni|flannel|cali|tap|podman|lxc|lxd)/;

/**
 * Addresses on which a client may reach this machine: all interfaces, loopback last, without link-local addresses
 * (they need a zone, which candidates cannot carry) and without container bridges.
 */
export function usableAddresses(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
  wanted?: readonly string[],
): string[] {
  const found: { address: string; internal: boolean }[] = [];
  for (const [name, addresses] of Object.entries(interfaces)) {
    for (const { address, internal } of addresses ?? []) {
      if (wanted && !wanted.includes(name) && !wanted.includes(address)) continue;
      if (!wanted && VIRTUAL.test(name)) continue;
      if (/^fe80:/i.test(address) || address.startsWith('169.254.')) continue;
      found.push({ address, internal });
    }
  }
  return found.sort((a, b) => Number(a.internal) - Number(b.internal)).map(({ address }) => address);
}

/** A WebRtcServer's socket buffers are shared by all its viewers. Bytes; the kernel caps them (`net.core.wmem_max`). */
const SOCKET_BUFFER = 4 * 1024 * 1024;

/**
 * Pairs each announced address with the interface address that stands behind it: the first free one of the same
 * family (IPv4 for host names), loopback last.
 *
 * @throws when there are more announced addresses than interface addresses of that family
 */
export function pairAnnounced(
  addresses: readonly string[],
  announced: readonly string[],
): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const name of announced) {
    const behind = addresses.find((address) => isIPv6(address) === isIPv6(name) && !pairs.has(address));
    if (!behind) {
      throw new Error(
        `announced address ${name}: no interface address is left for it (${addresses.join(', ') || 'none found'})`,
      );
    }
    pairs.set(behind, name);
  }
  return pairs;
}

/**
 * What a worker's WebRtcServer listens on: UDP first, TCP as a fallback, one socket an address.
 *
 * @throws as {@link pairAnnounced}
 */
export function listenInfos(
  addresses: readonly string[],
  options: ListenOptions,
  workerIndex: number,
): TransportListenInfo[] {
  const announced = pairAnnounced(addresses, options.announcedAddresses ?? []);
  const listen = (protocol: 'udp' | 'tcp', ip: string): TransportListenInfo => {
    const announcedAddress = announced.get(ip);
    return {
      protocol,
      ip,
      port: options.port + workerIndex,
      ...(isIPv6(ip) ? { flags: { ipv6Only: true } } : {}),
      ...(announcedAddress ? { announcedAddress, exposeInternalIp: true } : {}),
      ...(protocol === 'udp' ? { sendBufferSize: SOCKET_BUFFER, recvBufferSize: SOCKET_BUFFER } : {}),
    };
  };
  return [
    ...(options.udp === false ? [] : addresses.map((ip) => listen('udp', ip))),
    ...(options.tcp === false ? [] : addresses.map((ip) => listen('tcp', ip))),
  ];
}
