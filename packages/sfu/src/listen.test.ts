import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { listenInfos, pairAnnounced, usableAddresses } from './listen.ts';

function ip(address: string, internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const machine = {
  lo: [ip('127.0.0.1', true), ip('::1', true)],
  eth0: [ip('192.0.2.5'), ip('fe80::1'), ip('2001:db8::5')],
  docker0: [ip('172.17.0.1')],
  usb0: [ip('169.254.9.9')],
};

describe('usableAddresses', () => {
  it('takes every usable interface, loopback last', () => {
    expect(usableAddresses(machine)).toEqual(['192.0.2.5', '2001:db8::5', '127.0.0.1', '::1']);
  });

  it('takes loopback where there is nothing else', () => {
    expect(usableAddresses({ lo: machine.lo })).toEqual(['127.0.0.1', '::1']);
  });

  it('takes what is asked for, by name or address, even a bridge', () => {
    expect(usableAddresses(machine, ['docker0', '2001:db8::5'])).toEqual(['2001:db8::5', '172.17.0.1']);
  });
});

describe('pairAnnounced', () => {
  it('puts an address before the interface of its family, a host name before IPv4', () => {
    const addresses = ['2001:db8::5', '192.0.2.5', '127.0.0.1'];
    expect([...pairAnnounced(addresses, ['203.0.113.7', '2001:db8:ffff::7'])]).toEqual([
      ['192.0.2.5', '203.0.113.7'],
      ['2001:db8::5', '2001:db8:ffff::7'],
    ]);
    expect(pairAnnounced(addresses, ['live.example.com']).get('192.0.2.5')).toBe('live.example.com');
  });

  it('says which announced address has no interface left', () => {
    expect(() => pairAnnounced(['192.0.2.5'], ['203.0.113.7', '203.0.113.8'])).toThrow(/203\.0\.113\.8/);
  });
});

describe('listenInfos', () => {
  it('listens by UDP first, then TCP, on the port of the worker', () => {
    const infos = listenInfos(['192.0.2.5', '127.0.0.1'], { port: 40_000 }, 3);
    expect(infos.map(({ protocol, ip: address, port }) => [protocol, address, port])).toEqual([
      ['udp', '192.0.2.5', 40_003],
      ['udp', '127.0.0.1', 40_003],
      ['tcp', '192.0.2.5', 40_003],
      ['tcp', '127.0.0.1', 40_003],
    ]);
  });

  it('shows the interface beside the announced address, for clients of the same network', () => {
    const [info] = listenInfos(
      ['192.0.2.5'],
      { port: 40_000, announcedAddresses: ['203.0.113.7'], tcp: false },
      0,
    );
    expect(info).toMatchObject({ announcedAddress: '203.0.113.7', exposeInternalIp: true });
  });
});
