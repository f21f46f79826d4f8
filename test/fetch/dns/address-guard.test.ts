import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AddressGuard, specialUseOf } from '../../../src/fetch/dns/address-guard.ts';
import { dnsFailure } from '../../support/dns-failure.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { Heard } from './resolver-support.ts';

const refused = (message: string) => ({
  name: 'AddressError',
  reason: 'address-refused',
  message,
});

const REFUSAL = 'h.example leads to 10.0.0.1, which is no public address (private)';

/** The events that a connection gets for a name. */
function told(tell: (listener: ReturnType<AddressGuard['guarded']>) => void) {
  const heard = new Heard();
  tell(new AddressGuard().guarded('h.example', heard));
  return heard.events;
}

test('AddressGuard.check: refuses addresses and names of this machine, and no other name', () => {
  const guard = new AddressGuard();
  assert.throws(
    () => guard.check('127.0.0.1'),
    refused('127.0.0.1 is no public address (loopback)'),
  );
  assert.throws(() => guard.check('[::1]'), refused('::1 is no public address (loopback)'));
  for (const name of ['localhost', 'LOCALHOST.', 'a.localhost', 'a.b.localhost.']) {
    assert.throws(() => guard.check(name), refused(`${name} is no public address (loopback)`));
  }
  for (const name of ['8.8.8.8', '[2606:4700::1]', 'h.example', 'notlocalhost', 'localhost.com']) {
    guard.check(name);
  }
});

test('AddressGuard.guarded: refuses a name for its addresses', () => {
  assert.deepEqual(
    told((to) => to.onAddresses(['10.0.0.1'], true)),
    [REFUSAL],
  );
  assert.deepEqual(
    told((to) => to.onAddresses(['10.0.0.1', '127.0.0.1', '::1'], true)),
    [REFUSAL],
  );
});

test('AddressGuard.guarded: leaves the public ones of several addresses', () => {
  assert.deepEqual(
    told((to) => to.onAddresses(['10.0.0.1', '8.8.8.8', '::1', '2606:4700::1'], true)),
    ['8.8.8.8 2606:4700::1'],
  );
});

test('AddressGuard.guarded: checks addresses that come later as well', () => {
  const twice = (first: string, second: string) =>
    told((to) => {
      to.onAddresses([first], false);
      to.onAddresses([second], true);
    });
  assert.deepEqual(twice('10.0.0.1', '8.8.8.8'), ['more', '8.8.8.8']);
  assert.deepEqual(twice('8.8.8.8', '10.0.0.1'), ['8.8.8.8 more', '']);
  assert.deepEqual(twice('10.0.0.1', '127.0.0.1'), ['more', REFUSAL]);
});

test('AddressGuard.guarded: passes on failures of the resolver and empty answers', () => {
  assert.deepEqual(
    told((to) => to.onFailure(dnsFailure('ENOTFOUND'))),
    ['ENOTFOUND'],
  );
  assert.deepEqual(
    told((to) => to.onAddresses([], true)),
    [''],
  );
});

test('AddressGuard.guarded: a refusal counts for more than a failure after it', () => {
  assert.deepEqual(
    told((to) => {
      to.onAddresses(['10.0.0.1'], false);
      to.onFailure(dnsFailure('ESERVFAIL'));
    }),
    ['more', REFUSAL],
  );
});

/** The first and the last address of each range, and their public neighbours. */
const BOUNDARIES: readonly (readonly [address: string, use: string | undefined])[] = [
  ['0.0.0.0', 'unspecified'],
  ['0.255.255.255', 'unspecified'],
  ['1.0.0.0', undefined],
  ['9.255.255.255', undefined],
  ['10.0.0.0', 'private'],
  ['10.255.255.255', 'private'],
  ['11.0.0.0', undefined],
  ['100.63.255.255', undefined],
  ['100.64.0.0', 'carrier-grade NAT'],
  ['100.127.255.255', 'carrier-grade NAT'],
  ['100.128.0.0', undefined],
  ['126.255.255.255', undefined],
  ['127.0.0.0', 'loopback'],
  ['127.255.255.255', 'loopback'],
  ['128.0.0.0', undefined],
  ['169.253.255.255', undefined],
  ['169.254.0.0', 'link-local'],
  ['169.254.169.254', 'link-local'],
  ['169.254.255.255', 'link-local'],
  ['169.255.0.0', undefined],
  ['172.15.255.255', undefined],
  ['172.16.0.0', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.0', undefined],
  ['191.255.255.255', undefined],
  ['192.0.0.0', 'reserved'],
  ['192.0.0.255', 'reserved'],
  ['192.0.1.0', undefined],
  ['192.0.1.255', undefined],
  ['192.0.2.0', 'documentation'],
  ['192.0.2.255', 'documentation'],
  ['192.0.3.0', undefined],
  ['192.88.98.255', undefined],
  ['192.88.99.0', 'reserved'],
  ['192.88.99.255', 'reserved'],
  ['192.88.100.0', undefined],
  ['192.167.255.255', undefined],
  ['192.168.0.0', 'private'],
  ['192.168.255.255', 'private'],
  ['192.169.0.0', undefined],
  ['198.17.255.255', undefined],
  ['198.18.0.0', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['198.20.0.0', undefined],
  ['198.51.99.255', undefined],
  ['198.51.100.0', 'documentation'],
  ['198.51.100.255', 'documentation'],
  ['198.51.101.0', undefined],
  ['203.0.112.255', undefined],
  ['203.0.113.0', 'documentation'],
  ['203.0.113.255', 'documentation'],
  ['203.0.114.0', undefined],
  ['223.255.255.255', undefined],
  ['224.0.0.0', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.0', 'reserved'],
  ['255.255.255.254', 'reserved'],
  ['255.255.255.255', 'broadcast'],

  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::2', 'reserved'],
  ['::7f00:1', 'reserved'], // IPv4-compatible, as it was once
  ['::ffff:0:127.0.0.1', 'reserved'], // IPv4-translated
  ['64:ff9b:1::1', 'reserved'], // NAT64 of one's own (RFC 8215)
  ['100::1', 'reserved'], // to be discarded (RFC 6666)
  ['1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'reserved'],
  ['2000::', undefined],
  ['2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined],
  ['2001::', 'reserved'], // Teredo
  ['2001:2::', 'benchmarking'],
  ['2001:2:0:ffff:ffff:ffff:ffff:ffff', 'benchmarking'],
  ['2001:2:1::', 'reserved'],
  ['2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', 'reserved'],
  ['2001:200::', undefined],
  ['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', undefined],
  ['2001:db8::', 'documentation'],
  ['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'documentation'],
  ['2001:db9::', undefined],
  ['2606:2800:220:1:248:1893:25c8:1946', undefined],
  ['3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined],
  ['3fff::', 'documentation'],
  ['3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', 'documentation'],
  ['3fff:1000::', undefined],
  ['3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined],
  ['4000::', 'reserved'],
  ['5f00::1', 'reserved'], // segment routing (RFC 9602)
  ['7fff::', 'reserved'],
  ['8000::', 'reserved'],
  ['fbff::', 'reserved'],
  ['fc00::', 'unique-local'],
  ['fd00:ec2::254', 'unique-local'],
  ['fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'unique-local'],
  ['fe00::', 'reserved'],
  ['fe80::', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'link-local'],
  ['fec0::', 'private'],
  ['feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'private'],
  ['ff00::', 'multicast'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'multicast'],
];

test('specialUseOf: covers each range from its first to its last address, and no more', () => {
  for (const [address, use] of BOUNDARIES) assert.equal(specialUseOf(address), use, address);
});

test('specialUseOf: refuses what is not an address', () => {
  for (const text of ['', 'localhost', '1.2.3', '::g', '%']) {
    assert.equal(specialUseOf(text), 'reserved', text);
  }
});

const ipv4 = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.'));

/** An IPv4 address as two numbers of an IPv6 address. */
function hextets(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

test('specialUseOf: an IPv4 address within an IPv6 one counts as itself', () => {
  const property = fc.property(ipv4, (address) => {
    const use = specialUseOf(address);
    assert.equal(specialUseOf(`::ffff:${address}`), use);
    assert.equal(specialUseOf(`::ffff:${hextets(address)}`), use);
    assert.equal(specialUseOf(`0:0:0:0:0:FFFF:${address}`), use);
    assert.equal(specialUseOf(`64:ff9b::${address}`), use);
    assert.equal(specialUseOf(`2002:${hextets(address)}::1`), use);
    assert.equal(specialUseOf(`2002:${hextets(address)}:1:2:3:4:5`), use);
  });
  const examples = ['127.0.0.1', '10.1.2.3', '169.254.169.254', '8.8.8.8', '0.0.0.0'];
  fc.assert(property, { ...propertyRuns(2_000), examples: examples.map((address) => [address]) });
});

/** The ranges again, computed with numbers. */
function isSpecial([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if ([0, 10, 127].includes(a) || a >= 224) return true;
  if (a === 100) return b >= 64 && b < 128;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 192) return b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99);
  if (a === 198) return b === 18 || b === 19 || (b === 51 && c === 100);
  return a === 203 && b === 0 && c === 113;
}

test('specialUseOf: agrees with arithmetic on IPv4 addresses', () => {
  const special = fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 255);
  const first = fc.oneof(special, fc.nat(255));
  const second = fc.oneof(fc.constantFrom(0, 18, 51, 64, 88, 168, 254), fc.nat(255));
  const third = fc.oneof(fc.constantFrom(0, 2, 99, 100, 113), fc.nat(255));
  const property = fc.property(first, second, third, fc.nat(255), (...parts) => {
    assert.equal(specialUseOf(parts.join('.')) !== undefined, isSpecial(parts));
  });
  fc.assert(property, propertyRuns(4_000));
});

test('specialUseOf: agrees on all spellings of an address in URLs and resolvers', () => {
  for (const [host, use] of [
    ['127.0.0.1', 'loopback'],
    ['2130706433', 'loopback'],
    ['0x7f.1', 'loopback'],
    ['0177.0.0.01', 'loopback'],
    ['127.1.', 'loopback'],
    ['１２７.０.０.１', 'loopback'],
    ['0', 'unspecified'],
    ['[::]', 'unspecified'],
    ['[0:0:0:0:0:0:0:1]', 'loopback'],
    ['[::ffff:7f00:1]', 'loopback'],
    ['[::FFFF:10.0.0.1]', 'private'],
    ['0xa9fea9fe', 'link-local'],
  ] as const) {
    const { hostname } = new URL(`http://${host}/`);
    assert.equal(specialUseOf(hostname.replace(/^\[|\]$/g, '')), use, host);
  }
});
