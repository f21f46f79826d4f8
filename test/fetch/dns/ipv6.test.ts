import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasGlobalIpv6 } from '../../../src/fetch/dns/ipv6.ts';

for (const [address, internal, expected] of [
  ['2001:db8::1', false, true],
  ['3fff::1', false, true],
  ['2001:db8::1', true, false],
  ['fe80::1', false, false],
  ['fd00::1', false, false],
  ['::1', true, false],
  ['192.0.2.1', false, false],
] as const) {
  test(`hasGlobalIpv6: ${address}${internal ? ', internal' : ''}`, () => {
    const family = address.includes(':') ? 'IPv6' : 'IPv4';
    const one = { address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 };
    assert.equal(hasGlobalIpv6({ eth0: [one as never], lo: undefined }), expected);
  });
}
