import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { sleep } from '../../src/concurrency/sleep.ts';
import { createTask } from '../../src/concurrency/task.ts';
import { Scheduler } from '../../src/schedule/scheduler.ts';
import { LOOK_AHEAD, type Turn, Turns } from '../../src/schedule/turns.ts';
import { settle, warningsDuring } from '../concurrency/support.ts';
import { asynchronously, eagerly } from './eagerly.ts';
import { holdBack } from './held-back.ts';

interface Row {
  readonly origin: string | undefined;
  readonly name?: string | number;
}

const END = { done: true, value: undefined };
const A = 'http://a';
const B = 'http://b';

function setUp(rows: Iterable<Row>, maxRequests = 1) {
  const note = { pulled: 0, closed: 0 };
  const stopping = new AbortController();
  const scheduler = new Scheduler({ maxRequests });
  const turns = new Turns(eagerly(rows, note), scheduler, stopping.signal);
  return { note, stopping, scheduler, turns };
}

async function turnOf<T extends Row>(turns: Turns<T>): Promise<Turn<T>> {
  const { done, value } = await turns.next();
  if (done) throw new Error('there is no turn left');
  return value;
}

test('next: answers at once, with a permit, while there is room', () => {
  const { turns, note } = setUp(
    [
      { origin: A, name: 1 },
      { origin: A, name: 2 },
    ],
    2,
  );
  const first = turns.next();
  assert.ok(!(first instanceof Promise) && !first.done && first.value.permit !== undefined);
  assert.deepEqual([first.value.row.name, note.pulled], [1, 1]);
});

test('next: reads nothing while there is no room, and goes on with the list once there is', async () => {
  const { turns, note } = setUp([1, 2, 3].map((name) => ({ origin: A, name })));
  const { permit } = await turnOf(turns);
  const second = turnOf(turns);
  await settle();
  assert.equal(note.pulled, 1);
  permit?.release();
  assert.equal((await second).row.name, 2);
  assert.equal(note.pulled, 2);
});

test('next: rows of one origin come in the order of the list, those of others overtake', async () => {
  const rows = [A, A, A, B, B].map((origin, name) => ({ origin, name }));
  const { turns, scheduler } = setUp(rows, 2);
  const first = await turnOf(turns);
  holdBack(scheduler, A, 60_000);
  assert.equal((await turnOf(turns)).row.name, 3);
  first.permit?.release();
  assert.equal((await turnOf(turns)).row.name, 4);
  await turns.return();
});

test('next: reads no further ahead than it may', async () => {
  function* rows() {
    for (let name = 0; ; name++) yield { origin: A, name };
  }
  const { turns, scheduler, note } = setUp(rows(), 2);
  holdBack(scheduler, A, 60_000);
  const waiting = createTask(async () => await turns.next());
  await settle();
  assert.equal(note.pulled, LOOK_AHEAD);
  waiting.cancel();
  await assert.rejects(waiting, { name: 'CancelledError' });
  await turns.return();
  assert.equal(note.closed, 1);
});

test('next: a row without an origin needs no permit, and waits for nobody', async () => {
  const { turns } = setUp([
    { origin: undefined, name: 1 },
    { origin: A, name: 2 },
  ]);
  assert.deepEqual(await turnOf(turns), { row: { origin: undefined, name: 1 }, permit: undefined });
  assert.ok((await turnOf(turns)).permit);
});

test('next: ends once the list and those that waited have ended, and leaves no listener', async () => {
  const { turns, stopping } = setUp([{ origin: A }, { origin: A }]);
  const first = await turnOf(turns);
  const second = turnOf(turns);
  first.permit?.release();
  const end = second.then(({ permit }) => {
    permit?.release();
    return turns.next();
  });
  assert.deepEqual(await end, END);
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
});

test('Turns: can be looped over', async () => {
  const { turns, note } = setUp([1, 2].map((name) => ({ origin: undefined, name })));
  for await (const { row } of turns) {
    assert.equal(row.name, 1);
    break;
  }
  assert.equal(note.closed, 1);
});

test('next: waits for a list that has nothing yet', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* rows(): AsyncGenerator<Row, undefined> {
    await promise;
    yield { origin: A, name: 1 };
    return undefined;
  }
  const scheduler = new Scheduler({ maxRequests: 1 });
  const turns = new Turns(asynchronously(rows()), scheduler, new AbortController().signal);
  const first = turnOf(turns);
  resolve();
  assert.equal((await first).row.name, 1);
});

for (const kind of ['sync', 'async'] as const) {
  test(`next: throws what a ${kind} list throws, after the rows that came before it`, async () => {
    const broken = new Error('line 2');
    function* sync() {
      yield { origin: A };
      throw broken;
    }
    async function* async(): AsyncGenerator<Row> {
      yield* sync();
    }
    const rows = kind === 'sync' ? eagerly<Row>(sync()) : asynchronously(async());
    const turns = new Turns(rows, new Scheduler({ maxRequests: 5 }), new AbortController().signal);
    assert.ok((await turnOf(turns)).permit);
    await assert.rejects(
      async () => await turns.next(),
      (error) => error === broken,
    );
    assert.deepEqual(await turns.next(), END);
  });
}

test('stop: those that were read come out at once, without a permit, and no more is read', async () => {
  const rows = [A, A, A].map((origin, name) => ({ origin, name }));
  const { turns, scheduler, stopping, note } = setUp(rows, 2);
  const first = await turnOf(turns);
  holdBack(scheduler, A, 60_000);
  const waiting = turnOf(turns);
  await settle();
  const { pulled } = note;
  stopping.abort();
  assert.deepEqual(await waiting, { row: rows[1], permit: undefined });
  assert.deepEqual(await turns.next(), { done: false, value: { row: rows[2], permit: undefined } });
  assert.deepEqual(await turns.next(), END);
  // It had come to its end: there was nothing to close.
  assert.deepEqual([note.pulled, note.closed], [pulled, 0]);
  first.permit?.release();
});

test('stop: ends at once, however stuck the list is', async () => {
  let returned = 0;
  const stuck = {
    next: () => new Promise<IteratorResult<Row, undefined>>(() => {}),
    return: () => {
      returned++;
      return new Promise<IteratorResult<Row, undefined>>(() => {});
    },
  };
  const stopping = new AbortController();
  const rows = { [Symbol.asyncIterator]: () => stuck };
  const turns = new Turns(rows, new Scheduler({ maxRequests: 1 }), stopping.signal);
  const waiting = turns.next();
  await settle();
  stopping.abort();
  assert.deepEqual(await waiting, END);
  assert.equal(returned, 1);
});

test('stop: a list that fails to close is warned of, and fails nothing', async () => {
  const stuck = {
    next: () => new Promise<IteratorResult<Row, undefined>>(() => {}),
    return: () => Promise.reject(new Error('could not close')),
  };
  const stopping = new AbortController();
  const rows = { [Symbol.asyncIterator]: () => stuck };
  const turns = new Turns(rows, new Scheduler({ maxRequests: 1 }), stopping.signal);
  const waiting = turns.next();
  const warnings = await warningsDuring(async () => {
    stopping.abort();
    assert.deepEqual(await waiting, END);
  });
  assert.match(String(warnings[0]?.message), /a source failed to close.*could not close/s);
});

test('stop: before the first row nothing is read', async () => {
  const { turns, stopping, note } = setUp([{ origin: A }]);
  stopping.abort();
  assert.deepEqual(await turns.next(), END);
  assert.deepEqual([note.pulled, note.closed], [0, 1]);
});

test('stop: of a run that is stopped before it begins nothing is read', async () => {
  const note = { pulled: 0, closed: 0 };
  const scheduler = new Scheduler({ maxRequests: 1 });
  const turns = new Turns(eagerly([{ origin: A }], note), scheduler, AbortSignal.abort());
  assert.deepEqual(await turns.next(), END);
  assert.deepEqual([note.pulled, note.closed], [0, 1]);
});

test('stop: a list that cannot be closed is left alone', async () => {
  const stopping = new AbortController();
  const stuck = { next: () => new Promise<IteratorResult<Row, undefined>>(() => {}) };
  const rows = { [Symbol.asyncIterator]: () => stuck };
  const turns = new Turns(rows, new Scheduler({ maxRequests: 1 }), stopping.signal);
  const waiting = turns.next();
  const warnings = await warningsDuring(async () => {
    stopping.abort();
    assert.deepEqual(await waiting, END);
  });
  assert.deepEqual(warnings, []);
});

test('stop: an answer or a failure of the list that comes after it changes nothing', async () => {
  for (const late of ['answer', 'failure']) {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Row, undefined>>();
    const stopping = new AbortController();
    const rows = { [Symbol.asyncIterator]: () => ({ next: () => promise }) };
    const turns = new Turns(rows, new Scheduler({ maxRequests: 1 }), stopping.signal);
    const waiting = turns.next();
    stopping.abort();
    assert.deepEqual(await waiting, END);
    if (late === 'answer') resolve({ done: false, value: { origin: A } });
    else reject(new Error('too late'));
    await settle();
    assert.deepEqual(await turns.next(), END);
  }
});

test('return: closes the list, and those that wait get no turn', async () => {
  const { turns, note, stopping } = setUp([A, A].map((origin) => ({ origin })));
  const { permit } = await turnOf(turns);
  assert.deepEqual(await turns.return(), END);
  permit?.release();
  assert.equal(note.closed, 1);
  assert.deepEqual(await turns.next(), END);
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
});

test('return: closes a list once, and only one that can be closed', async () => {
  let closed = 0;
  const next = () => ({ done: false, value: { origin: A } }) as const;
  const close = async () => {
    closed++;
    return END as IteratorReturnResult<undefined>;
  };
  for (const list of [{ next }, { next, return: close }]) {
    const rows = { [Symbol.asyncIterator]: () => list };
    const { signal } = new AbortController();
    const turns = new Turns(rows, new Scheduler({ maxRequests: 1 }), signal);
    assert.ok((await turnOf(turns)).permit);
    for (let i = 0; i < 2; i++) assert.deepEqual(await turns.return(), END);
  }
  assert.equal(closed, 1);
});

test('return: does not wait for a list that is stuck, and takes nothing from it any more', async () => {
  const answer = Promise.withResolvers<IteratorResult<Row, undefined>>();
  let returned = 0;
  const stuck = {
    next: () => answer.promise,
    return: () => {
      returned++;
      return new Promise<IteratorResult<Row, undefined>>(() => {});
    },
  };
  const scheduler = new Scheduler({ maxRequests: 1 });
  const rows = { [Symbol.asyncIterator]: () => stuck };
  const turns = new Turns(rows, scheduler, new AbortController().signal);
  const waiting = createTask(async () => await turns.next());
  await settle();
  waiting.cancel();
  await assert.rejects(waiting, { name: 'CancelledError' });
  assert.deepEqual(await turns.return(), END);
  assert.equal(returned, 1);
  answer.resolve({ done: false, value: { origin: A } });
  await settle();
  assert.equal(scheduler.hasRoom, true);
});

test('return: throws what closing the list throws', async () => {
  const rows = {
    [Symbol.asyncIterator]: () => ({
      next: () => ({ done: false, value: { origin: A } }) as const,
      return: () => Promise.reject(new Error('could not close')),
    }),
  };
  const turns = new Turns(rows, new Scheduler({ maxRequests: 1 }), new AbortController().signal);
  await assert.rejects(turns.return(), { message: 'could not close' });
});

/** Two rows, and a wait of the module in between. */
function pausing(log: string[]) {
  async function* rows(): AsyncGenerator<Row> {
    try {
      yield { origin: A, name: 1 };
      log.push('pause');
      await sleep(1_000);
      yield { origin: A, name: 2 };
    } finally {
      log.push('closed');
    }
  }
  const scheduler = new Scheduler({ maxRequests: 1 });
  return new Turns(asynchronously(rows()), scheduler, new AbortController().signal);
}

test('next: no row that makes room ends what the list waits for with its own end', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log: string[] = [];
  const turns = pausing(log);
  const { permit } = await turnOf(turns);
  const second = createTask(() => turnOf(turns));
  await settle();
  const row = createTask(async () => {
    permit?.release();
    await sleep(Number.POSITIVE_INFINITY);
  });
  await settle();
  assert.deepEqual(log, ['pause']);
  row.cancel();
  await assert.rejects(row, { name: 'CancelledError' });
  t.mock.timers.tick(1_000);
  assert.equal((await second).row.name, 2);
  await turns.return();
});

test('next: the end of whoever asks ends what the list waits for', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log: string[] = [];
  const turns = pausing(log);
  const { permit } = await turnOf(turns);
  const second = createTask(() => turnOf(turns));
  await settle();
  permit?.release();
  await settle();
  assert.deepEqual(log, ['pause']);
  second.cancel();
  await assert.rejects(second, { name: 'CancelledError' });
  await turns.return();
  await settle();
  assert.deepEqual(log, ['pause', 'closed']);
});

test('return: closes a list whose wait was cancelled, though it failed with that', async () => {
  let returned = 0;
  const rows = {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<Row, undefined>> {
        await sleep(Number.POSITIVE_INFINITY);
        return END as IteratorReturnResult<undefined>;
      },
      async return(): Promise<IteratorResult<Row, undefined>> {
        returned++;
        return END as IteratorReturnResult<undefined>;
      },
    }),
  };
  const turns = new Turns(rows, new Scheduler({ maxRequests: 1 }), new AbortController().signal);
  const waiting = createTask(async () => await turns.next());
  await settle();
  waiting.cancel();
  await assert.rejects(waiting, { name: 'CancelledError' });
  await settle();
  await turns.return();
  assert.equal(returned, 1);
});

test('next: those that wait when the list fails get no turn, and nothing is left of them', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const broken = new Error('line 3');
  function* rows() {
    for (const name of [1, 2]) yield { origin: A, name };
    throw broken;
  }
  const { turns, scheduler, stopping } = setUp(rows(), 1);
  holdBack(scheduler, A, 1);
  await assert.rejects(
    async () => await turns.next(),
    (error) => error === broken,
  );
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
  t.mock.timers.tick(60_000);
  assert.equal(scheduler.hasRoom, true);
  assert.deepEqual(await turns.next(), END);
});

test('next: after a wait of the list that was cancelled its rows go on, those read before it too', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let pulled = 0;
  const list = {
    async next(): Promise<IteratorResult<Row, undefined>> {
      if (++pulled === 2) await sleep(Number.POSITIVE_INFINITY);
      if (pulled > 3) return END as IteratorReturnResult<undefined>;
      return { done: false, value: { origin: pulled === 1 ? A : B, name: pulled } };
    },
  };
  let now = 0;
  const scheduler = new Scheduler({ maxRequests: 1, now: () => now });
  const rows = { [Symbol.asyncIterator]: () => list };
  const turns = new Turns(rows, scheduler, new AbortController().signal);
  holdBack(scheduler, A, 500);
  const waiting = createTask(async () => await turns.next());
  await settle();
  assert.equal(pulled, 2);
  waiting.cancel();
  await assert.rejects(waiting, { name: 'CancelledError' });
  await settle();
  // Whoever asks next is told of it, before anything else is read.
  await assert.rejects(async () => await turns.next(), { name: 'CancelledError' });
  assert.equal(pulled, 2);
  const third = await turnOf(turns);
  assert.equal(third.row.name, 3);
  const first = turnOf(turns);
  third.permit?.release();
  await settle();
  now += 500;
  t.mock.timers.tick(500);
  const { row, permit } = await first;
  assert.equal(row.name, 1);
  permit?.release();
  assert.deepEqual(await turns.next(), END);
});
