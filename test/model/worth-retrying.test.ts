import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reason } from '../../src/model/reason.ts';
import { isWorthRetrying, triesWorth } from '../../src/model/worth-retrying.ts';

const PASSING: readonly Reason[] = [
  ...(['dns-not-found', 'dns-timeout', 'dns-failed', 'connect', 'timeout-connect'] as const),
  ...(['timeout-first-byte', 'timeout-idle', 'too-slow'] as const),
  ...(['connection-lost', 'protocol', 'truncated', 'checksum'] as const),
  ...(['too-many-open-files', 'http-408', 'http-425', 'http-429', 'http-500'] as const),
  ...(['http-502', 'http-503', 'http-504'] as const),
];

const LASTING: readonly Reason[] = [
  ...(['bad-row', 'bad-url', 'tls', 'proxy', 'address-refused', 'range', 'too-large'] as const),
  ...(['too-small', 'wrong-type', 'wrong-size'] as const),
  ...(['encoding', 'redirect-loop', 'redirect-refused', 'name-collision', 'disk-full'] as const),
  ...(['not-writable', 'timeout-total', 'cancelled', 'unknown', 'http-400', 'http-401'] as const),
  ...(['http-403', 'http-404', 'http-410', 'http-416', 'http-501', 'http-505'] as const),
];

test('isWorthRetrying: what may be gone the next time', () => {
  for (const reason of PASSING) assert.equal(isWorthRetrying(reason), true, reason);
});

test('isWorthRetrying: what is the same however often it is asked', () => {
  for (const reason of LASTING) assert.equal(isWorthRetrying(reason), false, reason);
});

test('triesWorth: two for a host that does not exist, all for what may pass, one for the rest', () => {
  for (const reason of PASSING) {
    assert.equal(triesWorth(reason, 4), reason === 'dns-not-found' ? 2 : 4, reason);
    assert.equal(triesWorth(reason, 1), 1, reason);
  }
  for (const reason of LASTING) assert.equal(triesWorth(reason, 4), 1, reason);
});
