import { describe, expect, test } from 'vitest';
import { InputError } from '../input.ts';
import { judgeAddress, resolveAllowed } from './address-policy.ts';

const strict = { allowLocal: false };
const lenient = { allowLocal: true };

describe('an address', () => {
  test.each([
    ...['192.168.1.20', '10.0.0.1', '172.16.5.4', '100.64.0.1', '8.8.8.8', 'fd12:3456::1', '2001:db8::1'],
    ...['::ffff:192.168.1.20', '64:ff9b::808:808', '2002:808:808::1', '126.255.255.255', '128.0.0.1'],
  ])('%s is allowed', (address) => {
    expect(judgeAddress(address, strict)).toBeUndefined();
    expect(judgeAddress(address, lenient)).toBeUndefined();
  });

  test.each([
    ...['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
    ...['::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::1'],
  ])('%s is this machine', (address) => {
    expect(judgeAddress(address, strict)).toBe('loopback');
    expect(judgeAddress(address, lenient)).toBeUndefined();
  });

  test.each([
    ...[
      '169.254.169.254',
      '169.254.0.1',
      '::ffff:169.254.169.254',
      '64:ff9b::a9fe:a9fe',
      'fe80::1',
      'febf::1',
    ],
    ...['fe80::1%eth0', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  ])('%s is link-local or serves metadata', (address) => {
    expect(judgeAddress(address, strict)).toBe('link-local');
    expect(judgeAddress(address, lenient)).toBeUndefined();
  });

  test.each([
    ...['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0', '224.0.0.1', '239.255.255.250', '255.255.255.255'],
    ...['240.0.0.1', 'ff02::1', '::ffff:224.0.0.1', '64:ff9b::', 'camera', '', '127.1', '999.1.1.1'],
  ])('"%s" is never allowed', (address) => {
    expect(judgeAddress(address, strict)).toBe('other');
    expect(judgeAddress(address, lenient)).toBe('other');
  });
});

describe('a host', () => {
  test.each([
    ...['127.0.0.1', 'localhost', '127.1', '0x7f.1', '0x7f000001', '2130706433', '017700000001'],
    ...['[::1]', '::1', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]'],
    ...['169.254.169.254', '0xa9fea9fe', '2852039166'],
  ])('%s is refused, and says how to allow it', async (host) => {
    const error = await resolveAllowed(host, strict).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({
      final: true,
      message: expect.stringContaining('sources.allowLocalAddresses: true'),
    });
    await expect(resolveAllowed(host, lenient)).resolves.toBeDefined();
  });

  // Resolvers differ in whether these are names at all.
  test.each(['localhost.', '127.0.0.1.', 'localhost.localdomain'])('%s is refused', async (host) => {
    await expect(resolveAllowed(host, strict)).rejects.toThrow(InputError);
  });

  test.each(['0.0.0.0', '0', '[::]', '255.255.255.255', '224.0.0.1'])('%s is never allowed', async (host) => {
    await expect(resolveAllowed(host, lenient)).rejects.toMatchObject({ final: true });
  });

  test('is given as the address to connect to', async () => {
    expect(await resolveAllowed('192.168.1.20', strict)).toEqual({ address: '192.168.1.20', family: 4 });
    expect(await resolveAllowed('3232235796', strict)).toEqual({ address: '192.168.1.20', family: 4 });
    expect(await resolveAllowed('[2001:db8::1]', strict)).toEqual({ address: '2001:db8::1', family: 6 });
  });

  test('that does not exist may exist later', async () => {
    await expect(resolveAllowed('camera.invalid', strict)).rejects.toMatchObject({
      final: false,
      message: expect.stringContaining('The name camera.invalid was not found'),
    });
    await expect(resolveAllowed('', strict)).rejects.toThrow(InputError);
  });
});
