import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { hasGlobalIpv6 } from '../../../src/fetch/dns/ipv6.ts';

function machineWith(...addresses: readonly string[]): NodeJS.Dict<NetworkInterfaceInfo[]> {
  const infos = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    internal: address === '::1',
  }));
  return { eth0: infos as NetworkInterfaceInfo[], eth1: undefined };
}

test('hasGlobalIpv6: an address of the public Internet', () => {
  assert.equal(hasGlobalIpv6(machineWith('10.0.0.1', 'fe80::1', '2001:db8::1')), true);
  assert.equal(hasGlobalIpv6(machineWith('3FFF::1')), true);
});

test('hasGlobalIpv6: loopback, link-local, unique local and IPv4 addresses are none', () => {
  assert.equal(hasGlobalIpv6(machineWith('203.0.113.1', '::1', 'fe80::1', 'fd00::1')), false);
  assert.equal(hasGlobalIpv6({}), false);
});
