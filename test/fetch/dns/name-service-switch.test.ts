import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemPolicyOf } from '../../../src/fetch/dns/name-service-switch.ts';

const HOSTS = ['h.example', 'single', 'printer.local', 'printer.local.'] as const;

for (const [what, line, ...expected] of [
  ['a Debian server', 'files dns', 'never', 'never', 'never', 'never'],
  [
    'a Debian desktop',
    'files mdns4_minimal [NOTFOUND=return] dns',
    'never',
    'never',
    'first',
    'first',
  ],
  [
    'an Ubuntu desktop',
    'files mdns4_minimal [NOTFOUND=return] dns mymachines',
    'never',
    'after',
    'first',
    'first',
  ],
  [
    'Fedora',
    'files myhostname mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns',
    'never',
    'after',
    'first',
    'first',
  ],
  [
    'Arch',
    'mymachines resolve [!UNAVAIL=return] files myhostname dns',
    'never',
    'after',
    'after',
    'after',
  ],
  ['a module of its own before DNS', 'files nis dns', 'first', 'first', 'first', 'first'],
  ['a module of its own after DNS', 'files dns wins', 'after', 'after', 'after', 'after'],
  ['no DNS', 'files nis', 'first', 'first', 'first', 'first'],
  ['files alone', 'files', 'first', 'first', 'first', 'first'],
  ['nothing', '', 'first', 'first', 'first', 'first'],
] as const) {
  test(`systemPolicyOf: ${what}`, () => {
    const text = `passwd: files nis\n# hosts: nis\nhosts:\t  ${line}  # as ever\nnetworks: files\n`;
    const policy = systemPolicyOf(text);
    assert.deepEqual(HOSTS.map(policy), expected);
  });
}

test('systemPolicyOf: without the line, or the file, DNS alone', () => {
  for (const text of ['', 'passwd: files nis\n', '# hosts: nis\n']) {
    assert.deepEqual(
      HOSTS.map(systemPolicyOf(text)),
      Array.from(HOSTS, () => 'never'),
    );
  }
});

test('systemPolicyOf: names that merely look as if', () => {
  const policy = systemPolicyOf('hosts: files mdns4_minimal dns mymachines');
  assert.deepEqual(
    ['locale', 'h.locale', 'local.example', 'nolocal', 'a.LOCAL', 'single.'].map(policy),
    ['after', 'never', 'never', 'after', 'first', 'after'],
  );
});
