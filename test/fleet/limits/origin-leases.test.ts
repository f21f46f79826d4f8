import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HttpStatusError } from '../../../src/model/failure.ts';
import { fakeTime, StandInRun } from './fleet-of-runs.ts';
import { MemoryLeases } from './memory-leases.ts';

const A = 'http://a';
const B = 'http://b';

function setUp(t: TestContext, limit: number, rate?: number) {
  const time = fakeTime(t);
  const table = new MemoryLeases(time.now, { limit, ...(rate === undefined ? {} : { rate }) });
  const runs: StandInRun[] = [];
  t.after(async () => {
    for (const run of runs) await run.leases[Symbol.asyncDispose]();
  });
  const newRun = () => {
    const run = new StandInRun(table, time.now);
    runs.push(run);
    return run;
  };
  /** Lets time pass, and checks at each moment that no more requests are in flight than may be. */
  const pass = (ms: number, each: () => void = () => {}) =>
    time.pass(ms, () => {
      each();
      for (const origin of [A, B]) {
        const inFlight = runs.reduce((sum, run) => sum + run.inFlight(origin), 0);
        assert.ok(inFlight <= limit, `${inFlight} requests at ${time.now()} ms`);
      }
    });
  return { ...time, pass, table, runs, newRun };
}

test('OriginLeases: an origin of one run gets all within a moment, and costs nothing more', async (t) => {
  const { newRun, pass, table } = setUp(t, 6);
  const run = newRun();
  run.want(A, 100);
  assert.equal(run.inFlight(A), 0);
  await pass(50);
  assert.equal(run.inFlight(A), 6);
  const before = table.calls.settle;
  await pass(10_000, () => run.finish(A, 0));
  assert.equal(table.calls.settle, before);
  assert.ok(table.calls.beat >= 9 && table.calls.beat <= 12, `${table.calls.beat} beats`);
});

test('OriginLeases: a second run gets its part as requests of the first end', async (t) => {
  const { newRun, pass } = setUp(t, 6);
  const [first, second] = [newRun(), newRun()];
  first.want(A, 1_000);
  await pass(50);
  second.want(A, 1_000);
  await pass(2_000);
  // None of the first run's requests has ended.
  assert.deepEqual([first.inFlight(A), second.inFlight(A)], [6, 0]);
  first.finish(A, 2);
  await pass(3_000);
  assert.deepEqual([first.inFlight(A), second.inFlight(A)], [4, 2]);
  await pass(3_000, () => first.finish(A, 1));
  assert.deepEqual([first.inFlight(A), second.inFlight(A)], [3, 3]);
});

test('OriginLeases: what a run does not need is for the others, and comes back to it', async (t) => {
  const { newRun, pass } = setUp(t, 10);
  const [first, second] = [newRun(), newRun()];
  first.want(A, 100_000);
  second.want(A, 2);
  await pass(5_000, () => first.finish(A, 1));
  assert.deepEqual([first.inFlight(A), second.inFlight(A)], [8, 2]);
  second.want(A, 100_000);
  await pass(5_000, () => first.finish(A, 1));
  assert.deepEqual([first.inFlight(A), second.inFlight(A)], [5, 5]);
  second.finish(A, 1e9);
  await pass(3_000);
  assert.equal(first.inFlight(A), 10);
});

test('OriginLeases: of a limit of one, one run has it at a time, and each has its turn', async (t) => {
  const { newRun, pass } = setUp(t, 1);
  const runs = [newRun(), newRun()];
  for (const run of runs) run.want(A, 1e9);
  const turns = [0, 0];
  await pass(60_000, () => {
    runs.forEach((run, index) => {
      if (run.inFlight(A) === 1) turns[index] = (turns[index] ?? 0) + 1;
      run.finish(A, 1);
    });
  });
  const [first = 0, second = 0] = turns;
  assert.ok(first > 1_500 && second > 1_500, `${first} and ${second} of 6,000`);
  assert.ok(first + second > 4_500, `${first + second} of 6,000 used`);
});

test('OriginLeases: many runs of changing demand never have more than the limit', async (t) => {
  const { newRun, pass, table } = setUp(t, 7);
  let seed = 7;
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const runs = Array.from({ length: 5 }, newRun);
  await pass(60_000, () => {
    const run = runs[draw(5)];
    if (run === undefined) return;
    if (draw(40) === 0) run.want(A, run.demand(A) + draw(30));
    if (run.inFlight(A) > 0 && draw(3) === 0) run.finish(A, 1);
    assert.ok(table.taken(A) <= 7);
  });
});

test('OriginLeases: without the table a run goes on until its leases run out, then stops and says so', async (t) => {
  const { newRun, pass, table } = setUp(t, 4);
  const run = newRun();
  run.want(A, 1e6);
  await pass(1_500);
  table.failure = new Error('away');
  await pass(5_000, () => run.finish(A, 1));
  assert.equal(run.inFlight(A), 4);
  assert.deepEqual(run.told, []);
  await pass(6_000, () => run.finish(A, 1));
  assert.equal(run.inFlight(A), 0);
  assert.deepEqual(run.told, ['lost']);
  table.failure = undefined;
  await pass(2_500);
  assert.equal(run.inFlight(A), 4);
  assert.deepEqual(run.told, ['lost', 'back']);
});

test('OriginLeases: a run that is cut off ends its requests before others have its leases', async (t) => {
  const { newRun, pass, table, now } = setUp(t, 4);
  const cut = newRun();
  cut.want(A, 1_000);
  await pass(100);
  // The table hears nothing of the run, as if its network was down. Its requests take long.
  cut.leases.announced('many');
  const isolated = new Error('cut off');
  const { beat, settle } = table;
  t.mock.method(table, 'beat', (run: number) =>
    run === 1 && now() < 30_000 ? Promise.reject(isolated) : beat.call(table, run),
  );
  t.mock.method(table, 'settle', (run: number, requests: never) =>
    run === 1 && now() < 30_000 ? Promise.reject(isolated) : settle.call(table, run, requests),
  );
  cut.finish(A, 0);
  const other = newRun();
  other.want(A, 1_000);
  await pass(8_500);
  assert.deepEqual([cut.inFlight(A), other.inFlight(A)], [4, 0]);
  await pass(1_000);
  // The time of its leases is not over for the others.
  assert.deepEqual([cut.inFlight(A), other.inFlight(A)], [0, 0]);
  await pass(3_000);
  assert.equal(other.inFlight(A), 4);
  await pass(20_000);
  assert.deepEqual(cut.told, ['lost', 'back']);
  await pass(5_000, () => other.finish(A, 1));
  assert.deepEqual([cut.inFlight(A), other.inFlight(A)], [2, 2]);
});

test('OriginLeases: a table that leaves a question unanswered ends the requests in time, too', async (t) => {
  const { newRun, pass, table } = setUp(t, 4);
  const run = newRun();
  run.want(A, 1_000);
  await pass(100);
  const answer = Promise.withResolvers<never>();
  const asking = t.mock.method(table, 'beat', () => answer.promise);
  await pass(9_500);
  assert.deepEqual([run.told, run.inFlight(A)], [['lost'], 0]);
  asking.mock.restore();
  answer.reject(new Error('the connection has timed out'));
  await pass(1_500);
  assert.deepEqual([run.told, run.inFlight(A)], [['lost', 'back'], 4]);
});

test('OriginLeases: a pause that the server asks one run for holds for all within a second', async (t) => {
  const { newRun, pass, now } = setUp(t, 4);
  const [first, second] = [newRun(), newRun()];
  first.want(A, 100);
  second.want(A, 100);
  await pass(3_000, () => first.finish(A, 1));
  first.leases.paused(A, now() + 30_000);
  const until = now() + 30_000;
  await pass(1_200);
  assert.deepEqual(first.told, []);
  assert.equal(second.told.length, 1);
  // The clock of the test goes in steps of 10 ms.
  const held = /^hold http:\/\/a until (\d+)$/;
  assert.ok(Math.abs(Number(second.told[0]?.match(held)?.[1]) - until) <= 20);
  // A run that comes later hears of it with its lease.
  const third = newRun();
  third.want(A, 1);
  await pass(50);
  assert.match(third.told[0] ?? '', held);
});

test('OriginLeases: one run probes an origin that is held, and the others go on with its answer', async (t) => {
  const { newRun, pass, now } = setUp(t, 4);
  const [first, second] = [newRun(), newRun()];
  first.want(A, 100);
  second.want(A, 100);
  await pass(100);
  const trouble = { cause: new HttpStatusError(503), since: now() - 40, answeredAt: 0 };
  first.leases.held(A, now() + 500, trouble);
  await pass(20);
  second.leases.held(A, now() + 500, trouble);
  await pass(1_200);
  assert.match(second.told[0] ?? '', /^hold http:\/\/a until \d+ since \d+$/);
  assert.deepEqual(first.told, []);
  // A probe that takes long keeps the others waiting.
  await pass(8_000);
  const lastHold = Number(second.told.at(-1)?.match(/until (\d+)/)?.[1]);
  assert.ok(lastHold > now() + 1_000, `${lastHold} at ${now()}`);
  first.leases.recovered(A);
  await pass(1_200);
  assert.equal(second.told.at(-1), `resume ${A}`);
});

test('OriginLeases: an origin that is given up is given up by all, with the reason', async (t) => {
  const { newRun, pass, now } = setUp(t, 4);
  const [first, second] = [newRun(), newRun()];
  first.want(A, 100);
  second.want(A, 100);
  await pass(100);
  const cause = Object.assign(new Error('no such host'), { reason: 'dns-not-found' });
  first.leases.down(A, { cause, since: now(), answeredAt: 0 });
  const until = now() + 300_000;
  await pass(1_200);
  assert.equal(second.told.length, 1);
  assert.match(
    second.told[0] ?? '',
    /^give up http:\/\/a until \d+: dns-not-found ElsewhereError: no such host$/,
  );
  assert.ok(Math.abs(Number(second.told[0]?.match(/until (\d+)/)?.[1]) - until) <= 20);
  assert.deepEqual(first.told, []);
  // It answers the first run after all.
  first.leases.recovered(A);
  await pass(1_200);
  assert.equal(second.told.at(-1), `resume ${A}`);
});

test('OriginLeases: a run whose own network may be down gives up no origin of others', async (t) => {
  const { newRun, pass, now, table } = setUp(t, 4);
  const [first, second] = [newRun(), newRun()];
  for (const run of [first, second]) run.want(A, 100);
  await pass(100);
  const cause = Object.assign(new Error('unreachable'), { code: 'ENETUNREACH' });
  first.leases.held(A, now(), { cause, since: 50, answeredAt: 40 });
  first.leases.down(A, { cause, since: 50, answeredAt: 40 });
  await pass(1_200);
  assert.equal(table.calls.report, 0);
  first.leases.down(A, { cause, since: 50, answeredAt: 60 });
  await pass(1_200);
  assert.equal(second.told.length, 1);
});

test('OriginLeases: a rate is split as the limit is', async (t) => {
  const { newRun, pass } = setUp(t, 4, 2);
  const [first, second] = [newRun(), newRun()];
  first.want(A, 1e6);
  await pass(50);
  const lease = first.leases.enter(A);
  lease.pace?.started();
  assert.equal(lease.pace?.remaining, 500);
  second.want(A, 1e6);
  await pass(5_000, () => first.finish(A, 1));
  const [one, two] = [lease.pace, second.leases.enter(A).pace];
  one?.started();
  two?.started();
  assert.deepEqual([one?.remaining, two?.remaining], [1_000, 1_000]);
});
