import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { AddressGuard } from '../../src/fetch/address-guard.ts';
import type { Lookup } from '../../src/fetch/lookups.ts';

const refused = (message: string) => ({
  name: 'AddressError',
  reason: 'address-refused',
  message,
});

/** What a connection is told of a name for which a resolver has `found`. */
function told(found: string | LookupAddress[] | Error): Promise<unknown> {
  const resolver: Lookup = (_hostname, _options, callback) => {
    if (found instanceof Error) callback(found, '');
    else callback(null, found, 4);
  };
  return new Promise((resolve, reject) => {
    new AddressGuard().guarded(resolver)('h.example', {}, (error, address, family) => {
      if (error === null) resolve({ address, family });
      else reject(error);
    });
  });
}

const addresses = (...all: string[]) => all.map((address) => ({ address, family: 4 }));

test('check: refuses addresses and names of this machine, and knows of no other name', () => {
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

test('guarded: a name is refused for where it leads', async () => {
  const words = refused('h.example leads to 10.0.0.1, which is no public address (private)');
  await assert.rejects(told('10.0.0.1'), words);
  await assert.rejects(told(addresses('10.0.0.1', '127.0.0.1')), words);
});

test('guarded: of several addresses the public ones are left', async () => {
  const { address } = (await told(addresses('10.0.0.1', '8.8.8.8', '::1'))) as {
    address: LookupAddress[];
  };
  assert.deepEqual(address, addresses('8.8.8.8'));
  assert.deepEqual(await told('8.8.4.4'), { address: '8.8.4.4', family: 4 });
});

test('guarded: what the resolver fails with, and an empty answer, are as ever', async () => {
  await assert.rejects(told(new Error('no such host')), { message: 'no such host' });
  assert.deepEqual(await told([]), { address: [], family: undefined });
});
