import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import type { DownloadOptions } from '../src/download-options.ts';
import { pacedBy, queueFor } from '../src/scheduling.ts';
import { Body } from './support/body.ts';

const A = 'http://a';
const B = 'http://b';

/** A queue for these options, and how many rows of each origin it has admitted. */
function setUp(t: TestContext, options: Partial<DownloadOptions>) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const queue = queueFor({ directory: 'unused', ...options });
  const admitted = new Map<string, number>();
  const collect = () => {
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const { origin } = next.row;
      admitted.set(origin, (admitted.get(origin) ?? 0) + 1);
    }
  };
  const request = (origin: string, rows: number) => {
    for (let index = 0; index < rows; index++) {
      const item = { index, url: `${origin}/${index}` };
      queue.put({ item, origin, earlier: undefined, readAt: now });
    }
    queue.pause();
    collect();
    return admitted.get(origin) ?? 0;
  };
  const pass = (ms: number) => {
    now += ms;
    t.mock.timers.tick(ms);
    collect();
  };
  t.after(() => queue.clear());
  return { queue, admitted, request, pass };
}

test('queueFor: five requests by default, over all origins', (t) => {
  const { queue, request } = setUp(t, {});
  assert.equal(queue.maxRequests, 5);
  assert.deepEqual([request(A, 4), request(B, 4)], [4, 1]);
});

test('queueFor: maxRequestsPerOrigin holds for each', (t) => {
  const { request } = setUp(t, { maxRequests: 7, maxRequestsPerOrigin: 3 });
  assert.deepEqual([request(A, 5), request(B, 5), request('http://c', 5)], [3, 3, 1]);
});

test('queueFor: requestRate holds for each origin', (t) => {
  const { request, admitted, pass } = setUp(t, { maxRequests: 20, requestRate: 2 });
  assert.deepEqual([request(A, 3), request(B, 3)], [1, 1]);
  pass(499);
  assert.deepEqual([...admitted.values()], [1, 1]);
  pass(1);
  assert.deepEqual([...admitted.values()], [2, 2]);
  pass(500);
  assert.deepEqual([...admitted.values()], [3, 3]);
});

test('queueFor: auto begins with 8 requests for each origin, and has at most 256', (t) => {
  const { queue, request } = setUp(t, { maxRequests: 'auto' });
  assert.deepEqual([queue.maxRequests, queue.mostRequests], [256, 512]);
  const few = request(A, 300);
  assert.ok(few >= 1 && few < 256, `${few}`);
  assert.equal(request(B, 300), few);
});

test('queueFor: auto keeps to mostRequests', (t) => {
  const { queue, request } = setUp(t, { maxRequests: 'auto', mostRequests: 3 });
  assert.deepEqual([queue.maxRequests, queue.mostRequests], [3, 3]);
  assert.deepEqual([request(A, 2), request(B, 2)], [2, 1]);
});

test('queueFor: auto keeps to maxRequestsPerOrigin', (t) => {
  const { request } = setUp(t, { maxRequests: 'auto', maxRequestsPerOrigin: 1 });
  assert.deepEqual([request(A, 5), request(B, 5)], [1, 1]);
});

for (const wrong of [
  { maxRequests: 0 },
  { maxRequests: 1.5 },
  { maxRequests: 'auto' as const, mostRequests: 0 },
  { tries: 0 },
  { retryMaxWait: -1 },
  { maxRequestsPerOrigin: 0 },
  { maxRequestsPerOrigin: Number.POSITIVE_INFINITY },
  { requestRate: 0 },
  { requestRate: Number.NaN },
]) {
  test(`queueFor: refuses ${inspect(wrong)}`, () => {
    assert.throws(() => queueFor(wrong), RangeError);
  });
}

test('pacedBy: undefined without a bandwidth', () => {
  assert.equal(pacedBy({}), undefined);
});

test('pacedBy: all bodies together have the bandwidth, and a tenth of a second of it at once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(performance, 'now', () => 1_000);
  const paced = pacedBy({ bandwidth: 10_000 });
  const [one, other] = [paced?.(new Body()), paced?.(new Body())];
  assert.equal(one?.write(Buffer.alloc(600)), undefined);
  assert.equal(other?.write(Buffer.alloc(400)), undefined);
  assert.ok(other?.write(Buffer.alloc(1)) instanceof Promise);
});

for (const bandwidth of [0, -1, Number.NaN]) {
  test(`pacedBy: refuses a bandwidth of ${bandwidth}`, () => {
    assert.throws(() => pacedBy({ bandwidth }), RangeError);
  });
}
