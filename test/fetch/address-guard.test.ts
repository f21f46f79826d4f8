import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressGuard } from '../../src/fetch/address-guard.ts';
import { AddressError } from '../../src/model/failure.ts';

const refused = (message: string) => ({
  name: 'AddressError',
  reason: 'address-refused',
  message,
});

/** What is told of a look-up that answers in these steps. */
function told(...answers: readonly (readonly string[] | Error)[]): unknown[] {
  const events: unknown[] = [];
  const listener = new AddressGuard().guarded('h.example', {
    onAddresses: (addresses, isLast) => void events.push([addresses, isLast]),
    onFailure: (error) => void events.push(error),
  });
  for (const [i, answer] of answers.entries()) {
    if (answer instanceof Error) listener.onFailure(answer);
    else listener.onAddresses(answer, i === answers.length - 1);
  }
  return events;
}

const REFUSAL = new AddressError('h.example', 'private', '10.0.0.1');

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
  assert.deepEqual(told(['10.0.0.1']), [REFUSAL]);
  assert.deepEqual(told(['10.0.0.1', '127.0.0.1', '::1']), [REFUSAL]);
  assert.match(REFUSAL.message, /^h.example leads to 10.0.0.1, which is no public address/);
});

test('guarded: of several addresses the public ones are left', () => {
  assert.deepEqual(told(['10.0.0.1', '8.8.8.8', '::1']), [[['8.8.8.8'], true]]);
});

test('guarded: a name is refused once all answers are there, and none has a public address', () => {
  assert.deepEqual(
    told(['::1'], ['10.0.0.1']).at(-1),
    new AddressError('h.example', 'loopback', '::1'),
  );
  assert.deepEqual(told(['::1'], ['8.8.8.8']), [
    [[], false],
    [['8.8.8.8'], true],
  ]);
  assert.deepEqual(told(['8.8.8.8'], ['10.0.0.1']), [
    [['8.8.8.8'], false],
    [[], true],
  ]);
});

test('guarded: what the resolver fails with is as ever', () => {
  const error = new Error('no such host');
  assert.deepEqual(told(error), [error]);
});
