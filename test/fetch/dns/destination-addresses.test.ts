import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressGuard } from '../../../src/fetch/address-guard.ts';
import { DestinationAddresses } from '../../../src/fetch/dns/destination-addresses.ts';
import { HostOverrides } from '../../../src/fetch/dns/host-overrides.ts';
import { messageOf } from '../../../src/model/failure.ts';

/** What is told of hosts, and which of them the resolver was asked for; it knows 10.0.0.1 and 8.8.8.8. */
function setUp(resolve: readonly string[] = [], guard?: AddressGuard) {
  const asked: string[] = [];
  const resolver = {
    lookup(host: string, listener: Parameters<DestinationAddresses['lookup']>[2]) {
      asked.push(host);
      listener.onAddresses(['10.0.0.1', '8.8.8.8'], true);
      return { [Symbol.dispose]() {} };
    },
  };
  const addresses = new DestinationAddresses(resolver, new HostOverrides(resolve), guard);
  const told = (host: string, port = 443) => {
    const events: unknown[] = [];
    const listener = {
      onAddresses: (found: readonly string[]) => void events.push(...found),
      onFailure: (error: Error) => void events.push(messageOf(error)),
    };
    using _lookup = addresses.lookup(host, port, listener);
    return events;
  };
  return { asked, told };
}

test('DestinationAddresses: names are looked up, addresses are what they are', () => {
  const { asked, told } = setUp();
  assert.deepEqual(told('h.example'), ['10.0.0.1', '8.8.8.8']);
  assert.deepEqual(told('1.1.1.1'), ['1.1.1.1']);
  assert.deepEqual(told('::1'), ['::1']);
  assert.deepEqual(asked, ['h.example']);
});

test('DestinationAddresses: what the user named for a host and port is not looked up', () => {
  const { asked, told } = setUp(['h.example:443:9.9.9.9,::2']);
  assert.deepEqual(told('h.example', 443), ['9.9.9.9', '::2']);
  assert.deepEqual(asked, []);
  assert.deepEqual(told('h.example', 80), ['10.0.0.1', '8.8.8.8']);
});

test('DestinationAddresses: what the guard refuses is left out, wherever it comes from', () => {
  const { told } = setUp(['named.example:443:127.0.0.1'], new AddressGuard());
  assert.deepEqual(told('h.example'), ['8.8.8.8']);
  assert.match(String(told('named.example')), /leads to 127\.0\.0\.1/);
  assert.match(String(told('127.0.0.1')), /no public address/);
});
