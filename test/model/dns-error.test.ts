import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dnsErrorOf } from '../../src/model/dns-error.ts';
import { reasonOf } from '../../src/model/reason.ts';

for (const [code, syscall, reason, message] of [
  ['ENOTFOUND', 'queryA', 'dns-not-found', 'no such host: h.test (NXDOMAIN)'],
  ['ENODATA', 'queryAaaa', 'dns-not-found', 'no such host: h.test (NODATA)'],
  ['ENOTFOUND', 'getaddrinfo', 'dns-not-found', 'no such host: h.test (ENOTFOUND)'],
  ['ETIMEOUT', 'queryA', 'dns-timeout', 'no answer from the name servers for h.test (ETIMEOUT)'],
  ['ESERVFAIL', 'queryA', 'dns-failed', 'the name servers failed for h.test (SERVFAIL)'],
  ['EREFUSED', 'queryA', 'dns-failed', 'the name servers failed for h.test (REFUSED)'],
  [
    ...(['ECONNREFUSED', 'queryA', 'dns-failed'] as const),
    'the name servers failed for h.test (no name server takes queries)',
  ],
  ['EBADQUERY', 'queryA', 'dns-failed', 'the name servers failed for h.test (EBADQUERY)'],
] as const) {
  test(`dnsErrorOf: ${reason} for ${code} of ${syscall}`, () => {
    const cause = Object.assign(new Error(`${syscall} ${code} h.test`), { code, syscall });
    const error = dnsErrorOf('h.test', cause);
    assert.deepEqual([error.reason, error.message], [reason, message]);
    assert.deepEqual([error.name, error.host, error.cause], ['DnsError', 'h.test', cause]);
    assert.equal(reasonOf(error), reason);
  });
}

test('dnsErrorOf: how long the name servers had, when they did not answer', () => {
  const failed = (code: string) => Object.assign(new Error(code), { code });
  const timeout = dnsErrorOf('h.test', failed('ETIMEOUT'), 10_000);
  assert.equal(timeout.message, 'no answer from the name servers for h.test within 10 s');
  const missing = dnsErrorOf('h.test', failed('ENOTFOUND'), 10_000);
  assert.equal(missing.message, 'no such host: h.test (NXDOMAIN)');
});

test('dnsErrorOf: the cause’s own words when it has no code', () => {
  const error = dnsErrorOf('h.test', new Error('out of memory'));
  assert.equal(error.message, 'the name servers failed for h.test (out of memory)');
});
