import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsError } from '../../src/model/dns-error.ts';
import {
  ByteRangeError,
  DeadlineError,
  HttpStatusError,
  TruncatedError,
} from '../../src/model/failure.ts';
import { type RequestReport, reportOfFailure } from '../../src/model/request-report.ts';
import type { OriginHealthView } from '../../src/schedule/origin-health.ts';
import type { RetryPolicy } from '../../src/schedule/retry-policy.ts';
import { Tries, type TryMade } from '../../src/schedule/tries.ts';

const POLICY: RetryPolicy = {
  tries: 3,
  backoff: { base: 1_000, max: 30_000 },
  random: () => 0.5,
};
const GIVE_UP = { kind: 'give-up' };
const AT_ONCE = { kind: 'wait', ms: 0 };
const lost = Object.assign(new Error('gone'), { code: 'ECONNRESET' });
const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

function asking(status: number, retryAfter?: number): HttpStatusError {
  return new HttpStatusError(status, 'later', retryAfter);
}

/** The health of an origin, which a test changes. */
type Health = { -readonly [Key in keyof OriginHealthView]: OriginHealthView[Key] };

/** A try for a file of which nothing has come. */
const NOTHING: TryMade = { from: 0, reached: 0 };

/** A row with its tries, of an origin that answers another row between any two of its failures. */
function triesOver(...urls: string[]) {
  const tries = new Tries(POLICY, urls.length === 0 ? ['http://a/x'] : urls);
  const health: Health = { state: 'well', answers: 0, failures: 1, holds: 0 };
  return {
    tries,
    health,
    after(error: unknown) {
      health.answers++;
      return tries.after(reportOfFailure(error, 1), health, NOTHING);
    },
    /** The same, and nothing was answered since. */
    afterSilence(error: unknown) {
      health.failures += 10;
      return tries.after(reportOfFailure(error, 1), health, NOTHING);
    },
  };
}

test('Tries: a passing failure is tried again, later each time, until the tries are spent', () => {
  const { after } = triesOver();
  assert.deepEqual(after(lost), { kind: 'wait', ms: 500 });
  assert.deepEqual(after(new TruncatedError(5, 3)), { kind: 'wait', ms: 1_000 });
  assert.deepEqual(after(lost), GIVE_UP);
});

for (const status of [400, 401, 403, 404, 410, 501]) {
  test(`Tries: ${status} would be the same the next time`, () => {
    assert.deepEqual(triesOver().after(asking(status)), GIVE_UP);
  });
}

for (const status of [408, 425, 429, 500, 502, 503, 504]) {
  test(`Tries: ${status} may pass`, () => {
    assert.deepEqual(triesOver().after(asking(status)), { kind: 'wait', ms: 500 });
  });
}

test('Tries: a refusal with nothing answered since the last one spends no try', () => {
  const { after, afterSilence } = triesOver();
  assert.deepEqual(after(asking(503)), { kind: 'wait', ms: 500 });
  for (let n = 0; n < 10; n++) assert.equal(afterSilence(asking(503)).kind, 'wait');
  assert.equal(after(asking(503)).kind, 'wait');
  assert.deepEqual(after(asking(503)), GIVE_UP);
});

test('Tries: refusals of one row alone are the row’s', () => {
  const { tries, health } = triesOver();
  for (const kind of ['wait', 'wait', 'give-up']) {
    assert.equal(tries.after(reportOfFailure(asking(503), 1), health, NOTHING).kind, kind);
    health.failures++;
  }
});

test('Tries: the failure right before a hold is taken back', () => {
  const { after, health } = triesOver();
  after(asking(503));
  after(asking(503));
  health.holds++;
  assert.deepEqual(after(asking(503)), { kind: 'wait', ms: 1_000 });
  assert.deepEqual(after(asking(503)), GIVE_UP);
});

for (const error of [refused, asking(503)]) {
  test(`Tries: ${error.message}: while the origin is held the row waits, and spends no try`, () => {
    const { after, health } = triesOver();
    after(lost);
    after(lost);
    health.state = 'held';
    health.failures = 20;
    for (let n = 0; n < 10; n++) assert.deepEqual(after(error), AT_ONCE);
  });
}

test('Tries: the row whose failure brought the origin down ends with it', () => {
  const { after, health } = triesOver();
  health.state = 'down';
  assert.deepEqual(after(refused), GIVE_UP);
});

test('Tries: a failure of the row’s own counts in any state of the origin', () => {
  const { after, afterSilence, health } = triesOver();
  after(asking(500));
  health.state = 'held';
  assert.equal(afterSilence(asking(500)).kind, 'wait');
  assert.deepEqual(afterSilence(asking(500)), GIVE_UP);
});

for (const status of [429, 503]) {
  test(`Tries: ${status} with Retry-After spends no try, for as long as patience lasts`, () => {
    const { after } = triesOver();
    // Two waits of half a minute are the patience of three tries.
    for (let n = 0; n < 30; n++) assert.equal(after(asking(status, 2_000)).kind, 'wait');
    assert.equal(after(asking(status, 2_000)).kind, 'wait');
    assert.equal(after(asking(status, 2_000)).kind, 'wait');
    assert.deepEqual(after(asking(status, 2_000)), GIVE_UP);
  });
}

test('Tries: a Retry-After of 0 ends as well', () => {
  const { after } = triesOver();
  let count = 1;
  while (after(asking(429, 0)).kind === 'wait') count++;
  assert.equal(count, 63);
});

test('Tries: a Retry-After longer than the longest wait counts as that', () => {
  const { after } = triesOver();
  assert.equal(after(asking(503, 3_600_000)).kind, 'wait');
  assert.equal(after(asking(503, 3_600_000)).kind, 'wait');
  assert.equal(after(lost).kind, 'wait');
  assert.equal(after(lost).kind, 'wait');
  assert.deepEqual(after(lost), GIVE_UP);
});

test('Tries: 500 with Retry-After is a failure like any other', () => {
  const { after } = triesOver();
  assert.deepEqual(after(asking(500, 2_000)), { kind: 'wait', ms: 500 });
});

for (const cause of [asking(416), asking(404), new ByteRangeError('it is another file')]) {
  test(`Tries: ${cause.reason} to a range: the whole file is requested once, at no cost`, () => {
    const { tries, health } = triesOver();
    const after = (made: TryMade) => tries.after(reportOfFailure(cause, 1), health, made);
    assert.equal(tries.isWholeOnly, false);
    assert.deepEqual(after({ from: 5, reached: 5 }), AT_ONCE);
    assert.equal(tries.isWholeOnly, true);
    assert.deepEqual(after({ from: 0, reached: 5 }), GIVE_UP);
  });
}

test('Tries: a range that one mirror refuses is requested from the next', () => {
  const { tries, health } = triesOver('http://a/x', 'http://b/x');
  const after = (from: number) =>
    tries.after(reportOfFailure(asking(403), 1), health, { from, reached: 5 });
  assert.deepEqual([after(5), tries.url, tries.isWholeOnly], [AT_ONCE, 'http://a/x', true]);
  assert.deepEqual([after(0), tries.url, tries.isWholeOnly], [AT_ONCE, 'http://b/x', false]);
  assert.deepEqual([after(5), tries.url, tries.isWholeOnly], [AT_ONCE, 'http://b/x', true]);
  assert.deepEqual(after(0), GIVE_UP);
});

test('Tries: after failures of a range that may pass, the last try is for the whole file', () => {
  const { tries, health } = triesOver();
  const after = () => {
    health.answers++;
    return tries.after(reportOfFailure(asking(500), 1), health, { from: 5, reached: 5 });
  };
  assert.deepEqual([after().kind, after().kind, tries.isWholeOnly], ['wait', 'wait', false]);
  assert.deepEqual(after(), AT_ONCE);
  assert.equal(tries.isWholeOnly, true);
  assert.deepEqual(after(), GIVE_UP);
});

test('Tries: a try that brought bytes does not count, and the count begins anew', () => {
  const { tries, health } = triesOver('http://a/x', 'http://b/x');
  const cut = reportOfFailure(new TruncatedError(9, 3), 1);
  const after = (reached: number) => tries.after(cut, health, { from: 0, reached }).kind;
  assert.deepEqual([after(1), after(2), after(3), after(4)], ['wait', 'wait', 'wait', 'wait']);
  assert.equal(tries.url, 'http://a/x');
  assert.deepEqual([after(4), after(4), after(4)], ['wait', 'wait', 'give-up']);
});

test('Tries: a slice of the file is followed by the next one at once', () => {
  const { tries, health } = triesOver();
  const slice = reportOfFailure(new TruncatedError(9, 3, undefined, true), 1);
  assert.deepEqual(tries.after(slice, health, { from: 0, reached: 3 }), AT_ONCE);
});

test('Tries: a single try stays one when it brought bytes, but for a slice', () => {
  const { health } = triesOver();
  const after = (isSlice: boolean) => {
    const tries = new Tries({ ...POLICY, tries: 1 }, ['http://a/x']);
    const cut = reportOfFailure(new TruncatedError(9, 3, undefined, isSlice), 1);
    return tries.after(cut, health, { from: 0, reached: 3 });
  };
  assert.deepEqual([after(false), after(true)], [GIVE_UP, AT_ONCE]);
});

test('Tries: the part of an earlier run is not progress', () => {
  const tries = new Tries({ ...POLICY, tries: 2 }, ['http://a/x']);
  const { health } = triesOver();
  const cut = reportOfFailure(new TruncatedError(9, 3), 1);
  const after = () => tries.after(cut, health, { from: 3, reached: 3 }).kind;
  assert.deepEqual([after(), after()], ['wait', 'give-up']);
});

test('Tries: progress by few bytes is bounded, and by few and slow ones it does not count', () => {
  const { tries, health } = triesOver();
  const cut = reportOfFailure(new TruncatedError(9, 3), 1);
  let reached = 0;
  while (tries.after(cut, health, { from: 0, reached: ++reached }).kind === 'wait');
  assert.equal(reached, 1_003);
  const other = triesOver();
  const idle = reportOfFailure(new DeadlineError('timeout-idle', 1), 1);
  const kinds = [1, 2, 3].map((bytes) => {
    return other.tries.after(idle, other.health, { from: 0, reached: bytes }).kind;
  });
  assert.deepEqual(kinds, ['wait', 'wait', 'give-up']);
});

test('Tries: a 304 ends the row, whatever mirrors there are', () => {
  assert.deepEqual(triesOver('http://a/x', 'http://b/x').after(asking(304)), GIVE_UP);
});

test('Tries: each mirror is tried at once after the one before', () => {
  const { after, tries } = triesOver('http://a/x', 'http://b/x', 'http://c/x');
  assert.equal(tries.url, 'http://a/x');
  assert.deepEqual(after(asking(404)), AT_ONCE);
  assert.equal(tries.url, 'http://b/x');
  assert.deepEqual(after(lost), AT_ONCE);
  assert.equal(tries.url, 'http://c/x');
  assert.deepEqual(after(asking(404)), GIVE_UP);
});

test('Tries: more mirrors than tries are all tried, and fewer are tried again', () => {
  const urls = ['http://a/x', 'http://b/x', 'http://c/x', 'http://d/x'];
  const many = triesOver(...urls);
  assert.deepEqual(
    urls.map(() => many.after(lost).kind),
    ['wait', 'wait', 'wait', 'give-up'],
  );
  const few = triesOver('http://a/x', 'http://b/x');
  few.after(lost);
  assert.deepEqual(few.after(lost), { kind: 'wait', ms: 1_000 });
  assert.equal(few.tries.url, 'http://a/x');
  assert.deepEqual(few.after(lost), GIVE_UP);
});

test('Tries.skipTo: skips to the next URL that is open, or stays', () => {
  const { tries } = triesOver('http://a/x', 'http://b/x', 'http://c/x');
  tries.skipTo((url) => url.startsWith('http://c'));
  assert.equal(tries.url, 'http://c/x');
  tries.skipTo(() => false);
  assert.equal(tries.url, 'http://c/x');
});

test('Tries: a single try ends in any state of the origin', () => {
  const tries = new Tries({ ...POLICY, tries: 1 }, ['http://a/x']);
  const health = { state: 'held', answers: 0, failures: 20, holds: 1 } as const;
  assert.deepEqual(tries.after(reportOfFailure(lost, 1), health, NOTHING), GIVE_UP);
});

test('Tries: a single try ends with a Retry-After, too', () => {
  const tries = new Tries({ ...POLICY, tries: 1 }, ['http://a/x']);
  const { health } = triesOver();
  const failed = reportOfFailure(asking(429, 1_000), 1);
  assert.deepEqual(tries.after(failed, health, NOTHING), GIVE_UP);
});

test('Tries: a host that does not exist is looked up once more', () => {
  const missing = new DnsError('dns-not-found', 'a', '(NXDOMAIN)');
  const { after } = triesOver();
  assert.deepEqual(after(missing), { kind: 'wait', ms: 500 });
  assert.deepEqual(after(missing), GIVE_UP);
});

test('Tries: a mirror whose host does not exist takes no try from another', () => {
  const missing = reportOfFailure(new DnsError('dns-not-found', 'a', '(NXDOMAIN)'), 1);
  const tries = new Tries({ ...POLICY, tries: 10 }, ['http://a/x', 'http://b/x']);
  const after = (report: RequestReport, answers: number) =>
    tries.after(report, { state: 'well', answers, failures: 1, holds: 0 }, NOTHING).kind;
  assert.equal(after(missing, 1), 'wait');
  assert.equal(after(reportOfFailure(lost, 1), 2), 'wait');
  assert.equal(after(missing, 3), 'wait');
  assert.equal(tries.url, 'http://b/x');
  assert.equal(after(missing, 4), 'give-up');
});

test('Tries: name servers that fail are asked as often as allowed', () => {
  const { after } = triesOver();
  assert.equal(after(new DnsError('dns-timeout', 'a', 'within 10 s')).kind, 'wait');
  assert.equal(after(new DnsError('dns-failed', 'a', '(SERVFAIL)')).kind, 'wait');
  assert.deepEqual(after(new DnsError('dns-timeout', 'a', 'within 10 s')), GIVE_UP);
});
