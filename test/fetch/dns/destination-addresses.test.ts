import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressGuard } from '../../../src/fetch/dns/address-guard.ts';
import { DestinationAddresses } from '../../../src/fetch/dns/destination-addresses.ts';
import { HostOverrides } from '../../../src/fetch/dns/dns-options.ts';
import type { AddressListener } from '../../../src/fetch/dns/host-entry.ts';
import { Heard } from './resolver-support.ts';

/** A resolver with one address for all hosts, which records the hosts it was asked for. */
function stubResolver(address = '192.0.2.1') {
  const asked: string[] = [];
  let given = 0;
  const lookup = (host: string, listener: AddressListener) => {
    asked.push(host);
    listener.onAddresses([address], true);
    return { [Symbol.dispose]: () => void given++ };
  };
  return { lookup, asked, givenUp: () => given };
}

function heardFrom(addresses: DestinationAddresses, host: string, port = 443) {
  const heard = new Heard();
  addresses.lookup(host, port, heard);
  return heard.events;
}

test('DestinationAddresses: looks up names, not addresses', () => {
  const resolver = stubResolver();
  const addresses = new DestinationAddresses(resolver);
  assert.deepEqual(heardFrom(addresses, 'h.example'), ['192.0.2.1']);
  assert.deepEqual(heardFrom(addresses, '192.0.2.7'), ['192.0.2.7']);
  assert.deepEqual(heardFrom(addresses, '::1'), ['::1']);
  assert.deepEqual(resolver.asked, ['h.example']);
});

test('DestinationAddresses: returns the look-up of the resolver', () => {
  const resolver = stubResolver();
  const addresses = new DestinationAddresses(resolver);
  addresses.lookup('h.example', 443, new Heard())[Symbol.dispose]();
  addresses.lookup('192.0.2.7', 443, new Heard())[Symbol.dispose]();
  assert.equal(resolver.givenUp(), 1);
});

test('DestinationAddresses: the addresses given by the user come first, even in place of an address', () => {
  const resolver = stubResolver();
  const overrides = new HostOverrides([
    'h.example:443:192.0.2.8,[2001:db8::8]',
    '192.0.2.7:443:192.0.2.9',
  ]);
  const addresses = new DestinationAddresses(resolver, overrides);
  assert.deepEqual(heardFrom(addresses, 'h.example'), ['192.0.2.8 2001:db8::8']);
  assert.deepEqual(heardFrom(addresses, 'h.example.'), ['192.0.2.8 2001:db8::8']);
  assert.deepEqual(heardFrom(addresses, '192.0.2.7'), ['192.0.2.9']);
  assert.deepEqual(resolver.asked, []);
  assert.deepEqual(heardFrom(addresses, 'h.example', 80), ['192.0.2.1']);
});

test('DestinationAddresses: the guard checks all of them', () => {
  const guard = new AddressGuard();
  const overrides = new HostOverrides(['h.example:443:10.0.0.1']);
  const addresses = new DestinationAddresses(stubResolver('10.0.0.2'), overrides, guard);
  for (const [host, address] of [
    ['h.example', '10.0.0.1'],
    ['other.example', '10.0.0.2'],
    ['10.0.0.3', '10.0.0.3'],
  ] as const) {
    const words = `${host} leads to ${address}, which is no public address (private)`;
    assert.deepEqual(heardFrom(addresses, host), [words]);
  }
});
