import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HappyEyeballs } from '../../../src/fetch/transport/happy-eyeballs.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { dnsFailure } from '../../support/dns-failure.ts';

/** A race whose attempts end when the test says so, with a clock of its own. */
function open(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const sockets = new Map<string, Socket>();
  const results: (Socket | Error)[] = [];
  const race = new HappyEyeballs(
    (address) => {
      const socket = new Socket();
      sockets.set(address, socket);
      return socket;
    },
    (result) => void results.push(result),
  );
  t.after(() => race[Symbol.dispose]());
  const socketTo = (address: string) => {
    const socket = sockets.get(address);
    assert.ok(socket, `${address} was not tried`);
    return socket;
  };
  return {
    race,
    results,
    tried: () => [...sockets.keys()],
    /** One by one: a timer started by another one counts from when that fires. */
    elapse(ms: number) {
      for (let i = 0; i < ms; i++) t.mock.timers.tick(1);
    },
    socketTo,
    connect: (address: string) => socketTo(address).emit('connect'),
    refuse(address: string, code = 'ECONNREFUSED') {
      socketTo(address).emit('error', Object.assign(new Error(`${code} ${address}`), { code }));
    },
  };
}

const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const;
const [A6, B6, C6] = ['2001:db8::1', '2001:db8::2', '2001:db8::3'] as const;

test('HappyEyeballs: tries the first address at once, and each further one after 250 ms', (t) => {
  const { race, tried, elapse } = open(t);
  race.add([A, B, C], true);
  assert.deepEqual(tried(), [A]);
  elapse(249);
  assert.deepEqual(tried(), [A]);
  elapse(1);
  assert.deepEqual(tried(), [A, B]);
  elapse(250);
  assert.deepEqual(tried(), [A, B, C]);
});

test('HappyEyeballs: tries the next address at once when one fails', (t) => {
  const { race, tried, refuse, elapse } = open(t);
  race.add([A, B, C], true);
  refuse(A);
  assert.deepEqual(tried(), [A, B]);
  elapse(249);
  assert.deepEqual(tried(), [A, B], 'the wait begins anew');
  elapse(1);
  assert.deepEqual(tried(), [A, B, C]);
});

test('HappyEyeballs: the first to connect wins, even an earlier one, and the others are closed', (t) => {
  for (const [winner, loser] of [
    [A, B],
    [B, A],
  ] as const) {
    const { race, results, connect, elapse, socketTo, tried } = open(t);
    race.add([A, B, C], true);
    elapse(250);
    connect(winner);
    assert.deepEqual(results, [socketTo(winner)]);
    assert.deepEqual([socketTo(winner).destroyed, socketTo(loser).destroyed], [false, true]);
    elapse(10_000);
    assert.deepEqual(tried(), [A, B]);
    t.mock.timers.reset();
  }
});

test('HappyEyeballs: leaves no listener on the winner, and tolerates failing losers', (t) => {
  const { race, connect, elapse, socketTo, refuse, results } = open(t);
  race.add([A, B], true);
  elapse(250);
  connect(A);
  assert.deepEqual(
    ['connect', 'error'].map((event) => socketTo(A).listenerCount(event)),
    [0, 0],
  );
  refuse(B);
  assert.equal(results.length, 1);
});

test('HappyEyeballs: alternates the families, beginning with that of the first address', (t) => {
  const { race, tried, elapse } = open(t);
  race.add([A6, B6, C6, A], true);
  elapse(1_000);
  assert.deepEqual(tried(), [A6, A, B6, C6]);
  t.mock.timers.reset();
  const other = open(t);
  other.race.add([A, A6, B6, B], true);
  other.elapse(1_000);
  assert.deepEqual(other.tried(), [A, A6, B, B6]);
});

test('HappyEyeballs: addresses of the other family that come late are next', (t) => {
  const { race, tried, elapse } = open(t);
  race.add([A6, B6, C6], false);
  elapse(100);
  race.add([A, B], true);
  assert.deepEqual(tried(), [A6]);
  elapse(150);
  assert.deepEqual(tried(), [A6, A]);
  elapse(750);
  assert.deepEqual(tried(), [A6, A, B6, B, C6]);
});

test('HappyEyeballs: tries addresses at once that come after all have failed', (t) => {
  const { race, tried, refuse, results } = open(t);
  race.add([A6], false);
  refuse(A6);
  assert.deepEqual(results, []);
  race.add([A], true);
  assert.deepEqual(tried(), [A6, A]);
});

test('HappyEyeballs: fails once all have failed, with all of their errors', (t) => {
  const { race, refuse, results } = open(t);
  race.add([A6, A], true);
  refuse(A6, 'ENETUNREACH');
  refuse(A);
  const [error] = results;
  assert.ok(error instanceof AggregateError);
  assert.deepEqual(
    error.errors.map(({ code }) => code),
    ['ENETUNREACH', 'ECONNREFUSED'],
  );
  assert.equal(reasonOf(error), 'connect');
});

test('HappyEyeballs: passes on the failure of the only address', (t) => {
  const { race, refuse, results } = open(t);
  race.add([A], true);
  refuse(A);
  assert.equal((results[0] as NodeJS.ErrnoException).code, 'ECONNREFUSED');
});

test('HappyEyeballs: passes on a failed look-up when no address is known', (t) => {
  const { race, results } = open(t);
  const error = dnsFailure('ENOTFOUND');
  race.fail(error);
  assert.deepEqual(results, [error]);
  race.fail(error);
  race.add([A], true);
  assert.equal(results.length, 1);
});

test('HappyEyeballs: a look-up that fails later leaves the addresses that were found', (t) => {
  const { race, results, connect, socketTo } = open(t);
  race.add([A6], false);
  race.fail(dnsFailure('ESERVFAIL'));
  assert.deepEqual(results, []);
  connect(A6);
  assert.deepEqual(results, [socketTo(A6)]);
});

test('HappyEyeballs: fails when a look-up ends without an address after all have failed', (t) => {
  const { race, results, refuse } = open(t);
  race.add([A6], false);
  refuse(A6);
  race.add([], true);
  assert.equal((results[0] as NodeJS.ErrnoException).code, 'ECONNREFUSED');
});

test('HappyEyeballs: is empty until an address is known', (t) => {
  const { race, refuse } = open(t);
  assert.equal(race.isEmpty, true);
  race.add([], false);
  assert.equal(race.isEmpty, true);
  race.add([A], false);
  refuse(A);
  assert.equal(race.isEmpty, false, 'also once it has failed');
});

test('HappyEyeballs: disposal closes everything and reports nothing', (t) => {
  const { race, results, elapse, socketTo, refuse, tried } = open(t);
  race.add([A, B, C], true);
  elapse(250);
  race[Symbol.dispose]();
  assert.deepEqual([socketTo(A).destroyed, socketTo(B).destroyed], [true, true]);
  refuse(A);
  refuse(B);
  elapse(10_000);
  race.add([C6], true);
  assert.deepEqual([results, tried()], [[], [A, B]]);
});
