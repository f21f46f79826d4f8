import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BodyWriter } from '../../src/model/response.ts';
import { FixedPace } from '../../src/schedule/fixed-pace.ts';
import { PacedBody } from '../../src/schedule/paced-body.ts';
import { TokenBucket } from '../../src/schedule/token-bucket.ts';
import { settle } from '../concurrency/support.ts';

test('FixedPace: requests are evenly spaced, from the first one on', () => {
  let now = 0;
  const pace = new FixedPace(50, () => now);
  assert.equal(pace.remaining, 0);
  for (let i = 0; i < 10; i++) {
    // The bucket is full to begin with: the burst that timers need.
    pace.started();
    now += Math.max(pace.remaining, 0);
  }
  assert.ok(now >= 140 && now <= 200, `${now}`);
});

test('FixedPace: over a long time it is the rate that was asked for, though timers are late', () => {
  let now = 0;
  const pace = new FixedPace(1_000, () => now);
  let sent = 0;
  while (now < 10_000) {
    while (pace.remaining === 0) {
      pace.started();
      sent++;
    }
    now += Math.ceil(pace.remaining) + 1;
  }
  assert.ok(Math.abs(sent - 10_000) < 100, `${sent}`);
});

for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`FixedPace: refuses ${rate} a second`, () => {
    assert.throws(() => new FixedPace(rate), RangeError);
  });
}

test('TokenBucket: what is taken before it has come is owed', () => {
  let now = 0;
  const bucket = new TokenBucket({ perMs: 10, burst: 100, now: () => now });
  assert.equal(bucket.take(100), 0);
  assert.equal(bucket.take(50), 5);
  now += 5;
  assert.equal(bucket.take(10), 1);
});

test('PacedBody: a body of 10 MB at 5 MB/s takes two seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  let bytes = 0;
  const taken: BodyWriter = {
    begin() {},
    write(chunk) {
      bytes += chunk.byteLength;
      return undefined;
    },
  };
  const bucket = new TokenBucket({ perMs: 5_000, burst: 500_000, now: () => now });
  using body = new PacedBody(taken, bucket);
  let isDone = false;
  const sending = (async () => {
    for (let i = 0; i < 160; i++) await body.write(Buffer.alloc(62_500));
    isDone = true;
  })();
  while (!isDone) {
    now += 1;
    t.mock.timers.tick(1);
    await settle();
  }
  await sending;
  assert.equal(bytes, 10_000_000);
  assert.ok(now > 1_850 && now < 2_100, `${now}`);
});

test('PacedBody: waits for the disk as well', async () => {
  const disk = Promise.withResolvers<void>();
  const slow: BodyWriter = { begin() {}, write: () => disk.promise };
  using body = new PacedBody(slow, new TokenBucket({ perMs: 1_000, burst: 1_000 }));
  let isDone = false;
  const written = body.write(Buffer.alloc(10))?.then(() => {
    isDone = true;
  });
  await settle();
  assert.equal(isDone, false);
  disk.resolve();
  await written;
});

test('PacedBody: an end leaves no timer behind', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const none: BodyWriter = { begin() {}, write: () => undefined };
  const body = new PacedBody(none, new TokenBucket({ perMs: 1, burst: 1, now: () => 0 }));
  let isOver = false;
  body.write(Buffer.alloc(1_000))?.then(() => {
    isOver = true;
  });
  body[Symbol.dispose]();
  t.mock.timers.tick(10_000);
  await settle();
  assert.equal(isOver, false);
});
