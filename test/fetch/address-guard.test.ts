import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressGuard } from '../../src/fetch/address-guard.ts';
import { dnsFailure } from '../support/dns-failure.ts';
import { Heard } from './dns/resolver-support.ts';

const refused = (message: string) => ({
  name: 'AddressError',
  reason: 'address-refused',
  message,
});

const REFUSAL = 'h.example leads to 10.0.0.1, which is no public address (private)';

/** What a connection is told of a name. */
function told(tell: (listener: ReturnType<AddressGuard['guarded']>) => void) {
  const heard = new Heard();
  tell(new AddressGuard().guarded('h.example', heard));
  return heard.events;
}

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

test('guarded: a name is refused for where it leads', () => {
  assert.deepEqual(
    told((to) => to.onAddresses(['10.0.0.1'], true)),
    [REFUSAL],
  );
  assert.deepEqual(
    told((to) => to.onAddresses(['10.0.0.1', '127.0.0.1', '::1'], true)),
    [REFUSAL],
  );
});

test('guarded: of several addresses the public ones are left', () => {
  assert.deepEqual(
    told((to) => to.onAddresses(['10.0.0.1', '8.8.8.8', '::1', '2606:4700::1'], true)),
    ['8.8.8.8 2606:4700::1'],
  );
});

test('guarded: addresses that come later may be allowed, or refused, as well', () => {
  const twice = (first: string, second: string) =>
    told((to) => {
      to.onAddresses([first], false);
      to.onAddresses([second], true);
    });
  assert.deepEqual(twice('10.0.0.1', '8.8.8.8'), ['more', '8.8.8.8']);
  assert.deepEqual(twice('8.8.8.8', '10.0.0.1'), ['8.8.8.8 more', '']);
  assert.deepEqual(twice('10.0.0.1', '127.0.0.1'), ['more', REFUSAL]);
});

test('guarded: what the resolver fails with, and an empty answer, are as ever', () => {
  assert.deepEqual(
    told((to) => to.onFailure(dnsFailure('ENOTFOUND'))),
    ['ENOTFOUND'],
  );
  assert.deepEqual(
    told((to) => to.onAddresses([], true)),
    [''],
  );
});

test('guarded: a refusal says more than a failure that follows it', () => {
  assert.deepEqual(
    told((to) => {
      to.onAddresses(['10.0.0.1'], false);
      to.onFailure(dnsFailure('ESERVFAIL'));
    }),
    ['more', REFUSAL],
  );
});
