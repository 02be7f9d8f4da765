import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { InputError } from '../input.ts';

/** Which addresses sources may connect to. Those of private networks always: that is where cameras are. */
export interface AddressPolicy {
  /** Whether this machine itself and link-local addresses may be connected to too. */
  readonly allowLocal: boolean;
}

/** An address that the policy allows. */
export interface AllowedAddress {
  /** IPv4 or IPv6, numeric. */
  readonly address: string;
  readonly family: 4 | 6;
}

/** What an address is, where it is none that every source may connect to. `other` can never be connected to. */
export type SpecialAddress = 'loopback' | 'link-local' | 'other';

type Subnet = readonly [address: string, prefix: number];

/** Address blocks by IANA's special-purpose registries (RFC 6890). */
const IPV4: Readonly<Record<SpecialAddress, readonly Subnet[]>> = {
  loopback: [['127.0.0.0', 8]],
  // With what clouds serve credentials of the machine at outside 169.254/16: Alibaba, Oracle, Azure.
  'link-local': [
    ['169.254.0.0', 16],
    ['100.100.100.200', 32],
    ['192.0.0.192', 32],
    ['168.63.129.16', 32],
  ],
  // "This network", multicast, reserved and broadcast.
  other: [
    ['0.0.0.0', 8],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
};

const IPV6: Readonly<Record<SpecialAddress, readonly Subnet[]>> = {
  loopback: [['::1', 128]],
  // With that of Amazon.
  'link-local': [
    ['fe80::', 10],
    ['fd00:ec2::254', 128],
  ],
  other: [
    ['::', 128],
    ['ff00::', 8],
  ],
};

/** Most particular first: `::1` also lies in the form of `0.0.0.0/8` as IPv6. */
const KINDS: readonly SpecialAddress[] = ['loopback', 'link-local', 'other'];

const lists = new Map(KINDS.map((kind) => [kind, listOf(kind)]));

/** Node applies rules for IPv4 to IPv4-mapped IPv6 addresses (`::ffff:127.0.0.1`) by itself. */
function listOf(kind: SpecialAddress): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of IPV6[kind]) list.addSubnet(address, prefix, 'ipv6');
  for (const [address, prefix] of IPV4[kind]) {
    list.addSubnet(address, prefix, 'ipv4');
    const hex = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
    const words = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
    // IPv4-compatible (RFC 4291), NAT64 (RFC 6052) and 6to4 (RFC 3056).
    list.addSubnet(`::${words}`, 96 + prefix, 'ipv6');
    list.addSubnet(`64:ff9b::${words}`, 96 + prefix, 'ipv6');
    list.addSubnet(`2002:${words}::`, 16 + prefix, 'ipv6');
  }
  return list;
}

/** Whether it is one of this machine's. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some((own) => own.address === address),
  );
}

/** Why an address may not be connected to; undefined when it may be. */
export function judgeAddress(address: string, { allowLocal }: AddressPolicy): SpecialAddress | undefined {
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  if (family === 0) return 'other';
  if (!allowLocal && isOwn(bare)) return 'loopback';
  const kind = KINDS.find((each) => lists.get(each)?.check(bare, family === 4 ? 'ipv4' : 'ipv6'));
  return allowLocal && kind !== 'other' ? undefined : kind;
}

/**
 * Resolves a host and decides on what it resolves to, whatever way it is written (`0x7f.1`, `2130706433`). All its
 * addresses must be allowed: a name that is now this and now that is refused. Connect to the address that is returned,
 * never to the name, which may resolve to another one the next time.
 *
 * @param host a name or an address; IPv6 with or without brackets
 * @throws {InputError} final when it is not allowed; otherwise when it cannot be resolved now
 */
export async function resolveAllowed(host: string, policy: AddressPolicy): Promise<AllowedAddress> {
  const name = host.replace(/^\[(.*)\]$/, '$1');
  const found = await lookupAll(name, host);
  for (const { address } of found) {
    const kind = judgeAddress(address, policy);
    if (kind) throw new InputError({ reason: refusal(host, address, kind), final: true });
  }
  const [first] = found;
  if (!first) throw new InputError({ reason: unresolved(host), final: false });
  return first;
}

async function lookupAll(name: string, host: string): Promise<AllowedAddress[]> {
  try {
    // Cameras that have both often serve RTSP by IPv4 alone.
    const found = await lookup(name, { all: true, order: 'ipv4first' });
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch {
    throw new InputError({ reason: unresolved(host), final: false });
  }
}

function unresolved(host: string): string {
  return `The name ${host} was not found: check how it is spelled and that this server's DNS knows it, or enter the IP address`;
}

function refusal(host: string, address: string, kind: SpecialAddress): string {
  const which = host === address ? address : `${host} (${address})`;
  if (kind === 'other') return `${which} is no address of a single machine: enter the camera's own address`;
  const what = kind === 'loopback' ? 'this server itself' : 'a link-local or cloud metadata address';
  return `${which} is ${what}, which sources may not connect to: to allow it set sources.allowLocalAddresses: true in the configuration`;
}
