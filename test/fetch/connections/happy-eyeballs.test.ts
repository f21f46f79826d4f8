import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HappyEyeballs } from '../../../src/fetch/connections/happy-eyeballs.ts';
import { messageOf } from '../../../src/model/failure.ts';
import { reasonOf } from '../../../src/model/reason.ts';

/** An attempt that connects, or fails, when the test says so. */
class Attempt extends EventEmitter {
  readonly address: string;
  isDestroyed = false;

  constructor(address: string) {
    super();
    this.address = address;
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

function race(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const attempts: Attempt[] = [];
  const results: unknown[] = [];
  const open = (address: string) => {
    const attempt = new Attempt(address);
    attempts.push(attempt);
    return attempt as unknown as Socket;
  };
  const racing = new HappyEyeballs(open, (result) => results.push(result));
  t.after(() => racing[Symbol.dispose]());
  const at = (i: number) => {
    const attempt = attempts[i];
    assert.ok(attempt, `attempt ${i} was made`);
    return attempt;
  };
  return {
    racing,
    results,
    tried: () => attempts.map(({ address }) => address),
    destroyed: () => attempts.filter(({ isDestroyed }) => isDestroyed).map((each) => each.address),
    at,
    refuse: (i: number, code = 'ECONNREFUSED') =>
      at(i).emit('error', Object.assign(new Error(`${code} ${at(i).address}`), { code })),
    pass: (ms: number) => t.mock.timers.tick(ms),
  };
}

test('HappyEyeballs: the first address that connects is the connection', (t) => {
  const { racing, at, results, tried } = race(t);
  racing.add(['::1', '1.1.1.1'], true);
  assert.deepEqual(tried(), ['::1']);
  at(0).emit('connect');
  assert.deepEqual([results, tried(), at(0).isDestroyed], [[at(0)], ['::1'], false]);
});

test('HappyEyeballs: each address has 250 ms until the next one is tried beside it', (t) => {
  const { racing, tried, pass, destroyed } = race(t);
  racing.add(['a', 'b', 'c'], true);
  pass(249);
  assert.deepEqual(tried(), ['a']);
  pass(1);
  assert.deepEqual(tried(), ['a', 'b']);
  pass(250);
  assert.deepEqual(tried(), ['a', 'b', 'c']);
  pass(60_000);
  assert.deepEqual([tried().length, destroyed()], [3, []]);
});

test('HappyEyeballs: an earlier attempt may still win, and the others are closed at once', (t) => {
  const { racing, at, results, pass, destroyed } = race(t);
  racing.add(['a', 'b', 'c'], true);
  pass(250);
  pass(250);
  at(0).emit('connect');
  assert.deepEqual([results, destroyed()], [[at(0)], ['b', 'c']]);
  at(1).emit('connect');
  assert.equal(results.length, 1);
});

test('HappyEyeballs: once one has connected no other is tried', (t) => {
  const { racing, at, tried, pass } = race(t);
  racing.add(['a', 'b'], true);
  at(0).emit('connect');
  pass(10_000);
  racing.add(['c'], true);
  assert.deepEqual(tried(), ['a']);
});

test('HappyEyeballs: an address that fails brings the next one on at once', (t) => {
  const { racing, tried, refuse, pass } = race(t);
  racing.add(['a', 'b', 'c'], true);
  pass(200);
  refuse(0);
  assert.deepEqual(tried(), ['a', 'b']);
  pass(249);
  assert.deepEqual(tried(), ['a', 'b']);
  pass(1);
  assert.deepEqual(tried(), ['a', 'b', 'c']);
});

test('HappyEyeballs: all that fail are one error, of which the first says the reason', (t) => {
  const { racing, refuse, results } = race(t);
  racing.add(['a', 'b'], true);
  refuse(0);
  assert.deepEqual(results, []);
  refuse(1, 'ENETUNREACH');
  const [error] = results;
  assert.equal(reasonOf(error), 'connect');
  assert.equal(messageOf(error), 'ECONNREFUSED a, ENETUNREACH b');
});

test('HappyEyeballs: of one address its own error', (t) => {
  const { racing, refuse, results } = race(t);
  racing.add(['a'], true);
  refuse(0, 'EMFILE');
  assert.equal((results[0] as NodeJS.ErrnoException).code, 'EMFILE');
});

test('HappyEyeballs: addresses that come later are tried in their turn', (t) => {
  const { racing, tried, pass, refuse, results } = race(t);
  racing.add(['a'], false);
  pass(1_000);
  racing.add(['b'], false);
  assert.deepEqual(tried(), ['a']);
  pass(250);
  assert.deepEqual(tried(), ['a', 'b']);
  refuse(0);
  refuse(1);
  assert.deepEqual(results, []);
  racing.add(['c'], true);
  assert.deepEqual(tried(), ['a', 'b', 'c']);
  refuse(2);
  assert.equal(messageOf(results[0]), 'ECONNREFUSED a, ECONNREFUSED b, ECONNREFUSED c');
});

test('HappyEyeballs: the last answer may have no address', (t) => {
  const { racing, refuse, results } = race(t);
  racing.add(['a'], false);
  refuse(0);
  racing.add([], true);
  assert.equal(messageOf(results[0]), 'ECONNREFUSED a');
});

test('HappyEyeballs: a look-up that fails ends it, unless an attempt is under way', (t) => {
  const none = race(t);
  const error = new Error('no such host');
  none.racing.fail(error);
  assert.deepEqual(none.results, [error]);
  t.mock.timers.reset();
  const { racing, at, results } = race(t);
  racing.add(['a'], false);
  racing.fail(error);
  assert.deepEqual(results, []);
  at(0).emit('connect');
  assert.deepEqual(results, [at(0)]);
});

test('HappyEyeballs: given up, every attempt is closed and nothing is told', (t) => {
  const { racing, tried, destroyed, refuse, results, pass } = race(t);
  racing.add(['a', 'b', 'c'], true);
  pass(250);
  racing[Symbol.dispose]();
  assert.deepEqual(destroyed(), ['a', 'b']);
  refuse(0);
  pass(1_000);
  assert.deepEqual([tried(), results], [['a', 'b'], []]);
});
