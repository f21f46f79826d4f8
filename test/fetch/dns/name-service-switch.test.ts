import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemPolicyOf } from '../../../src/fetch/dns/name-service-switch.ts';

/** What the system has to do with a public name, one on the local network, and one without a dot. */
const NAMES = ['h.example', 'printer.local', 'db'] as const;

for (const [line, ...parts] of [
  ['files dns', 'never', 'never', 'never'],
  ['dns files', 'never', 'never', 'never'],
  ['files mdns4_minimal [NOTFOUND=return] dns', 'never', 'first', 'never'],
  ['files dns mdns', 'never', 'first', 'never'],
  ['files mymachines resolve [!UNAVAIL=return] dns', 'never', 'after', 'after'],
  ['mymachines resolve [!UNAVAIL=return] files myhostname dns', 'never', 'after', 'after'],
  ['files dns myhostname', 'never', 'never', 'after'],
  ['files libvirt libvirt_guest dns', 'never', 'never', 'after'],
  ['files wins dns', 'first', 'first', 'first'],
  ['files dns nis', 'after', 'after', 'after'],
  ['files', 'first', 'first', 'first'],
  ['files dns # wins', 'never', 'never', 'never'],
] as const) {
  test(`systemPolicyOf: hosts: ${line}`, () => {
    const policy = systemPolicyOf(`passwd: files\nhosts:\t${line}\nnetworks: files wins\n`);
    assert.deepEqual(NAMES.map(policy), parts);
  });
}

test('systemPolicyOf: without the file, or its line, it is DNS alone', () => {
  for (const text of ['', 'passwd: files\n', '# hosts: wins\n']) {
    assert.deepEqual(NAMES.map(systemPolicyOf(text)), ['never', 'never', 'never']);
  }
});

test('systemPolicyOf: names are known in any case, and with a dot at their end', () => {
  const policy = systemPolicyOf('hosts: files mdns4_minimal dns myhostname');
  assert.deepEqual(['Printer.LOCAL.', 'DB.', 'local.example'].map(policy), [
    'first',
    'after',
    'never',
  ]);
});
