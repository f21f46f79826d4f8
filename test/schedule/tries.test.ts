import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ByteRangeError,
  DnsError,
  HttpStatusError,
  TruncatedError,
} from '../../src/model/failure.ts';
import { type RetryPolicy, Tries } from '../../src/schedule/tries.ts';

const POLICY: RetryPolicy = {
  tries: 3,
  backoff: { base: 1_000, max: 60_000 },
  maxWait: 30_000,
  random: () => 0.5,
};
const GIVE_UP = { kind: 'give-up' };
const lost = Object.assign(new Error('gone'), { code: 'ECONNRESET' });

function asking(status: number, retryAfter?: number): HttpStatusError {
  return new HttpStatusError(status, 'later', retryAfter);
}

function triesOver(...urls: string[]): Tries {
  return new Tries(POLICY, urls.length === 0 ? ['http://a/x'] : urls);
}

test('Tries: a passing failure is tried again, later each time, until the tries are spent', () => {
  const tries = triesOver();
  assert.deepEqual(tries.after(lost), { kind: 'wait', ms: 500 });
  assert.deepEqual(tries.after(new TruncatedError(5, 3)), { kind: 'wait', ms: 1_000 });
  assert.deepEqual(tries.after(lost), GIVE_UP);
});

for (const status of [400, 401, 403, 404, 410, 501]) {
  test(`Tries: ${status} would be the same the next time`, () => {
    assert.deepEqual(triesOver().after(asking(status)), GIVE_UP);
  });
}

for (const status of [408, 425, 429, 500, 502, 503, 504]) {
  test(`Tries: ${status} may be gone the next time`, () => {
    assert.deepEqual(triesOver().after(asking(status)), { kind: 'wait', ms: 500 });
  });
}

for (const status of [429, 503]) {
  test(`Tries: ${status} with Retry-After holds the origin and spends no try`, () => {
    const tries = triesOver();
    for (let turn = 0; turn < 10; turn++) {
      assert.deepEqual(tries.after(asking(status, 2_000)), { kind: 'hold', ms: 2_000 });
    }
    assert.deepEqual(tries.after(lost), { kind: 'wait', ms: 500 });
  });
}

test('Tries: 500 with Retry-After is a failure like any other', () => {
  assert.deepEqual(triesOver().after(asking(500, 2_000)), { kind: 'wait', ms: 500 });
});

test('Tries: a server that asks for too long is given up', () => {
  assert.deepEqual(triesOver().after(asking(503, 30_001)), GIVE_UP);
});

test('Tries: a server that asks for as long as allowed is waited for', () => {
  assert.deepEqual(triesOver().after(asking(503, 30_000)), { kind: 'hold', ms: 30_000 });
});

test('Tries: a mirror is asked instead of a server that asks for too long', () => {
  const tries = triesOver('http://a/x', 'http://b/x');
  assert.deepEqual(tries.after(asking(503, 30_001)), { kind: 'wait', ms: 0 });
  assert.equal(tries.url, 'http://b/x');
  assert.deepEqual(tries.after(asking(503, 30_001)), GIVE_UP);
});

test('Tries: a server that asks for time is the one to be asked again', () => {
  const tries = triesOver('http://a/x', 'http://b/x');
  tries.after(asking(503, 1_000));
  assert.equal(tries.url, 'http://a/x');
});

test('Tries: a server that asks for time without end fails in the end', () => {
  const tries = triesOver();
  const steps = Array.from({ length: 30 }, () => tries.after(asking(429, 0)).kind);
  assert.equal(steps.filter((kind) => kind === 'hold').length, 20);
  assert.equal(steps.at(-1), 'give-up');
});

for (const cause of [asking(416), new ByteRangeError('it is another file')]) {
  test(`Tries: ${cause.reason}: a part that does not fit is dropped once, at no cost`, () => {
    const tries = triesOver('http://a/x', 'http://b/x');
    assert.deepEqual(tries.after(cause), { kind: 'restart' });
    assert.equal(tries.url, 'http://a/x');
    assert.deepEqual(tries.after(cause), { kind: 'wait', ms: 0 });
    assert.deepEqual(tries.after(cause), GIVE_UP);
  });
}

test('Tries: a file that is there and has not changed is an answer, whatever mirrors there are', () => {
  assert.deepEqual(triesOver('http://a/x', 'http://b/x').after(asking(304)), GIVE_UP);
});

test('Tries: each mirror gets its turn at once, whatever became of the one before', () => {
  const tries = triesOver('http://a/x', 'http://b/x', 'http://c/x');
  assert.equal(tries.url, 'http://a/x');
  assert.deepEqual(tries.after(asking(404)), { kind: 'wait', ms: 0 });
  assert.equal(tries.url, 'http://b/x');
  assert.deepEqual(tries.after(lost), { kind: 'wait', ms: 0 });
  assert.equal(tries.url, 'http://c/x');
  assert.deepEqual(tries.after(asking(404)), GIVE_UP);
});

test('Tries: more mirrors than tries are all asked, and fewer are asked again', () => {
  const urls = ['http://a/x', 'http://b/x', 'http://c/x', 'http://d/x'];
  const many = triesOver(...urls);
  assert.deepEqual(
    urls.map(() => many.after(lost).kind),
    ['wait', 'wait', 'wait', 'give-up'],
  );
  const few = triesOver('http://a/x', 'http://b/x');
  few.after(lost);
  assert.deepEqual(few.after(lost), { kind: 'wait', ms: 1_000 });
  assert.equal(few.url, 'http://a/x');
  assert.deepEqual(few.after(lost), GIVE_UP);
});

test('Tries: one try is one', () => {
  const tries = new Tries({ ...POLICY, tries: 1 }, ['http://a/x']);
  assert.deepEqual(tries.after(lost), GIVE_UP);
});

test('Tries: a host that does not exist is looked up once more', () => {
  const missing = new DnsError('dns-not-found', 'a', '(NXDOMAIN)');
  const tries = triesOver();
  assert.deepEqual(tries.after(missing), { kind: 'wait', ms: 500 });
  assert.deepEqual(tries.after(missing), GIVE_UP);
  assert.deepEqual(new Tries({ ...POLICY, tries: 1 }, ['http://a/x']).after(missing), GIVE_UP);
});

test('Tries: a mirror whose host does not exist takes no try of another', () => {
  const missing = new DnsError('dns-not-found', 'a', '(NXDOMAIN)');
  const tries = new Tries({ ...POLICY, tries: 10 }, ['http://a/x', 'http://b/x']);
  assert.equal(tries.after(missing).kind, 'wait');
  assert.equal(tries.after(lost).kind, 'wait');
  assert.equal(tries.after(missing).kind, 'wait');
  assert.equal(tries.url, 'http://b/x');
  assert.equal(tries.after(missing).kind, 'give-up');
});

test('Tries: name servers that fail are asked as often as allowed', () => {
  const tries = triesOver();
  assert.equal(tries.after(new DnsError('dns-timeout', 'a', 'within 10 s')).kind, 'wait');
  assert.equal(tries.after(new DnsError('dns-failed', 'a', '(SERVFAIL)')).kind, 'wait');
  assert.deepEqual(tries.after(new DnsError('dns-timeout', 'a', 'within 10 s')), GIVE_UP);
});
