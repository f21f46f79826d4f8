import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelledError,
  createTask,
  currentTask,
  Event,
  Future,
  mapAsCompleted,
  Semaphore,
  sleep,
} from '../../src/concurrency/index.ts';
import { abortListeners, forever, settle, warningsDuring } from './support.ts';

/** The numbers from 0; `pulled` counts how many were taken, `closed` tells whether it was closed. */
class Source {
  pulled = 0;
  closed = false;
  readonly #end: number;

  constructor(end = Number.POSITIVE_INFINITY) {
    this.#end = end;
  }

  *sync(): Generator<number> {
    try {
      while (this.pulled < this.#end) yield this.pulled++;
    } finally {
      this.closed = true;
    }
  }

  async *async(): AsyncGenerator<number> {
    yield* this.sync();
  }
}

test('mapAsCompleted: yields the results in the order in which they are ready', async () => {
  const futures = [new Future<string>(), new Future<string>(), new Future<string>()];
  const loop = Array.fromAsync(mapAsCompleted(futures, (future) => future, { limit: 3 }));
  for (const index of [1, 2, 0]) {
    await settle();
    futures[index]?.setResult(`${index}`);
  }
  assert.deepEqual(await loop, ['1', '2', '0']);
});

test('mapAsCompleted: takes any iterable, and tells the index', async () => {
  const twice = (n: number, index: number) => [n * 2, index];
  const expected = [
    [0, 0],
    [2, 1],
    [4, 2],
  ];
  for (const source of [[0, 1, 2], new Source(3).sync(), new Source(3).async()]) {
    assert.deepEqual(await Array.fromAsync(mapAsCompleted(source, twice, { limit: 1 })), expected);
  }
});

test('mapAsCompleted: ends at once for an empty source', async () => {
  assert.deepEqual(await Array.fromAsync(mapAsCompleted([], forever, { limit: 1 })), []);
});

test('mapAsCompleted: takes an iterator whose next() gives promises of another make', async () => {
  let n = 0;
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const done = n === 2;
        const result = done ? { done, value: undefined } : { done, value: n++ };
        const future = new Future<IteratorResult<number>>();
        future.setResult(result);
        return future;
      },
    }),
  };
  assert.deepEqual(await Array.fromAsync(mapAsCompleted(source, String, { limit: 2 })), ['0', '1']);
});

test('mapAsCompleted: refuses a limit that would never let anything in', () => {
  for (const limit of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => mapAsCompleted([1], forever, { limit }), RangeError);
  }
});

test('mapAsCompleted: runs at most limit at a time, each in a task of its own', async () => {
  let running = 0;
  let most = 0;
  const tasks = new Set<unknown>();
  const work = async () => {
    most = Math.max(most, ++running);
    tasks.add(currentTask());
    await sleep(0);
    running--;
  };
  await Array.fromAsync(mapAsCompleted(new Source(20).sync(), work, { limit: 3 }));
  assert.equal(most, 3);
  assert.equal(tasks.size, 20);
});

test('mapAsCompleted: pulls nothing before the first next()', async () => {
  const source = new Source();
  const loop = mapAsCompleted(source.sync(), String, { limit: 2 });
  await settle();
  assert.equal(source.pulled, 0);
  await loop.return?.();
});

for (const kind of ['sync', 'async'] as const) {
  test(`mapAsCompleted: pulls only when there is room, from a ${kind} source`, async () => {
    const source = new Source();
    const release = new Event();
    const loop = mapAsCompleted(source[kind](), () => release.wait(), { limit: 3 });
    const first = loop.next();
    await settle();
    assert.equal(source.pulled, 3);
    release.set();
    await first;
    await loop.return?.();
    assert.equal(source.closed, true);
  });
}

test('mapAsCompleted: stops pulling when the consumer falls behind', async () => {
  const source = new Source();
  const loop = mapAsCompleted(source.sync(), String, { limit: 3 });
  await loop.next();
  await settle();
  // One taken, three ready, and at most three more that were running when those came in.
  const { pulled } = source;
  assert.ok(pulled <= 7, `pulled ${pulled}`);
  await settle();
  assert.equal(source.pulled, pulled);
  assert.equal((await loop.next()).value, '1');
  await loop.return?.();
});

test('mapAsCompleted: shares its semaphore, and follows when that is resized, down to 0 and up', async () => {
  const limit = new Semaphore(1);
  const source = new Source();
  const release = new Event();
  const loop = mapAsCompleted(source.sync(), () => release.wait(), { limit });
  const first = loop.next();
  await settle();
  assert.deepEqual([source.pulled, limit.held], [1, 1]);
  limit.resize(3);
  await settle();
  assert.deepEqual([source.pulled, limit.held], [3, 3]);
  limit.resize(0);
  release.set();
  await first;
  for (let n = 0; n < 2; n++) await loop.next();
  const stuck = loop.next();
  await settle();
  assert.deepEqual([source.pulled, limit.held], [3, 0]);
  limit.resize(1);
  await stuck;
  await loop.return?.();
  assert.equal(limit.held, 0);
});

test('mapAsCompleted: serves several next() at the same time', async () => {
  const loop = mapAsCompleted(new Source(2).sync(), String, { limit: 2 });
  const results = await Promise.all([loop.next(), loop.next(), loop.next()]);
  assert.deepEqual(
    results.map((result) => result.value),
    ['0', '1', undefined],
  );
});

test('mapAsCompleted: left with break: cancels what runs, waits for its cleanup, closes the source', async () => {
  const source = new Source();
  const trace: string[] = [];
  const work = async (n: number) => {
    if (n === 0) return;
    try {
      await forever();
    } finally {
      await sleep(0);
      trace.push(`cleaned ${n}`);
    }
  };
  for await (const _ of mapAsCompleted(source.sync(), work, { limit: 3 })) {
    await settle();
    break;
  }
  assert.deepEqual(trace, ['cleaned 1', 'cleaned 2', 'cleaned 3']);
  assert.equal(source.closed, true);
});

test('mapAsCompleted: left with break: yields nothing more, whatever still comes in', async () => {
  const refuses = async (n: number) => {
    if (n > 0) await forever().catch(() => {});
    return n;
  };
  const loop = mapAsCompleted(new Source().sync(), refuses, { limit: 3 });
  await loop.next();
  await settle();
  await loop.return?.();
  assert.deepEqual(await loop.next(), { done: true, value: undefined });
});

test('mapAsCompleted: left with break: throws the failure of a cleanup that fails', async () => {
  const work = async (n: number) => {
    if (n === 0) return;
    try {
      await forever();
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
      throw new Error('cleanup');
    }
  };
  await assert.rejects(async () => {
    for await (const _ of mapAsCompleted(new Source(2).sync(), work, { limit: 2 })) {
      await settle();
      break;
    }
  }, new Error('cleanup'));
});

test('mapAsCompleted: left by a failure: yields what was ready, then throws it, once', async () => {
  const work = async (n: number) => {
    if (n === 2) throw new Error('third');
    return n;
  };
  const loop = mapAsCompleted(new Source().sync(), work, { limit: 1 });
  const values: unknown[] = [];
  await assert.rejects(async () => {
    for await (const value of loop) values.push(value);
  }, new Error('third'));
  assert.deepEqual(values, [0, 1]);
  assert.deepEqual(await loop.next(), { done: true, value: undefined });
});

test('mapAsCompleted: left by two failures: throws the first and warns of the other', async () => {
  const [a, b] = [new Future(), new Future()];
  const loop = mapAsCompleted([a, b], (future) => future, { limit: 2 });
  const next = loop.next();
  await settle();
  const warnings = await warningsDuring(async () => {
    a.setException(new Error('first'));
    b.setException(new Error('second'));
    await assert.rejects(next, new Error('first'));
  });
  assert.match(String(warnings[0]?.message), /second/);
});

for (const [how, source] of [
  [
    'throws at once',
    function* () {
      yield 0;
      throw new Error('source');
    },
  ],
  [
    'throws undefined',
    function* () {
      yield 0;
      throw undefined;
    },
  ],
  [
    'rejects',
    async function* () {
      yield 0;
      throw new Error('source');
    },
  ],
] as const) {
  test(`mapAsCompleted: left by the source, which ${how}: cancels what runs and throws that`, async () => {
    const loop = Array.fromAsync(mapAsCompleted(source(), forever, { limit: 2 }));
    await assert.rejects(
      loop,
      (error) => error === undefined || (error as Error).message === 'source',
    );
  });
}

test('mapAsCompleted: left by a source whose own wait was cancelled: throws CancelledError', async () => {
  const source = async function* () {
    yield 0;
    throw new CancelledError('own');
  };
  const limit = new Semaphore(2);
  const loop = mapAsCompleted(source(), forever, { limit });
  await assert.rejects(Array.fromAsync(loop), new CancelledError('own'));
  assert.equal(limit.held, 0);
});

test('mapAsCompleted: left by a task that cancels itself: throws CancelledError', async () => {
  const work = async () => {
    throw new CancelledError('own');
  };
  await assert.rejects(
    Array.fromAsync(mapAsCompleted([1], work, { limit: 1 })),
    new CancelledError('own'),
  );
});

test('mapAsCompleted: left by its signal: cancels what runs, closes the source, throws the reason', async () => {
  const source = new Source();
  const controller = new AbortController();
  const { signal } = controller;
  const limit = new Semaphore(2);
  const loop = Array.fromAsync(mapAsCompleted(source.async(), forever, { limit, signal }));
  await settle();
  controller.abort(new Error('enough'));
  await assert.rejects(loop, new Error('enough'));
  assert.deepEqual([source.closed, limit.held, abortListeners(signal)], [true, 0, 0]);
  const again = Array.fromAsync(mapAsCompleted([1], forever, { limit, signal }));
  await assert.rejects(again, new Error('enough'));
});

test('mapAsCompleted: left at its end: no listener is left on the signal', async () => {
  const { signal } = new AbortController();
  await Array.fromAsync(mapAsCompleted([1, 2], String, { limit: 1, signal }));
  assert.equal(abortListeners(signal), 0);
});

test('mapAsCompleted: left by the cancellation of the consumer: waits for the cleanup, gives all permits back', async () => {
  const limit = new Semaphore(2);
  const release = new Event();
  const work = async () => {
    try {
      await forever();
    } finally {
      await release.wait();
    }
  };
  const task = createTask(() =>
    Array.fromAsync(mapAsCompleted(new Source().sync(), work, { limit })),
  );
  await settle();
  task.cancel();
  await settle();
  assert.equal(task.done(), false);
  release.set();
  await assert.rejects(async () => await task, CancelledError);
  assert.equal(limit.held, 0);
});

test('mapAsCompleted: left by the cancellation of the consumer: warns of a cleanup that fails', async () => {
  const work = async () => {
    try {
      await forever();
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
      throw new Error('cleanup');
    }
  };
  const warnings = await warningsDuring(async () => {
    const task = createTask(() => Array.fromAsync(mapAsCompleted([1], work, { limit: 1 })));
    await settle();
    task.cancel();
    await assert.rejects(async () => await task, CancelledError);
  });
  assert.match(String(warnings[0]?.message), /cleanup/);
});

test('mapAsCompleted: left in the turn in which a permit is handed over: starts nothing more', async () => {
  const limit = new Semaphore(1);
  const started: number[] = [];
  const work = async (n: number) => {
    started.push(n);
    if (n > 0) await forever();
  };
  const held = limit.tryAcquire();
  const loop = mapAsCompleted(new Source().sync(), work, { limit });
  const next = loop.next();
  await settle();
  held?.release();
  await loop.return?.();
  assert.deepEqual(started, []);
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal(limit.held, 0);
});

test('mapAsCompleted: left while a source waits in a wait of this module: waits for its cleanup', async () => {
  const trace: string[] = [];
  const source = async function* () {
    try {
      await forever();
      yield 1;
    } finally {
      await sleep(0);
      trace.push('source cleaned');
    }
  };
  const controller = new AbortController();
  const loop = mapAsCompleted(source(), String, { limit: 1, signal: controller.signal });
  const next = loop.next();
  await settle();
  controller.abort(new Error('enough'));
  await assert.rejects(next, new Error('enough'));
  assert.deepEqual(trace, ['source cleaned']);
});

test('mapAsCompleted: left while a source has not answered: starts nothing for the item that comes too late', async () => {
  const answer = Promise.withResolvers<IteratorResult<string>>();
  const source = { [Symbol.asyncIterator]: () => ({ next: () => answer.promise }) };
  const started: string[] = [];
  const limit = new Semaphore(1);
  const loop = mapAsCompleted(source, (item) => started.push(item), { limit });
  const next = loop.next();
  await settle();
  await loop.return?.();
  answer.resolve({ done: false, value: 'late' });
  assert.deepEqual(await next, { done: true, value: undefined });
  await settle();
  assert.deepEqual(started, []);
  assert.equal(limit.held, 0);
});

test('mapAsCompleted: left while a source is stuck where no cancellation reaches: does not wait for it', async () => {
  const stuck = Promise.withResolvers<void>();
  let closed = false;
  const source = async function* () {
    try {
      yield 0;
      await stuck.promise;
    } finally {
      closed = true;
    }
  };
  for await (const _ of mapAsCompleted(source(), String, { limit: 1 })) {
    await settle();
    break;
  }
  assert.equal(closed, false);
  // Whatever it comes to in the end, nothing is left hanging.
  const warnings = await warningsDuring(() => stuck.reject(new Error('after all')));
  assert.equal(closed, true);
  assert.match(String(warnings[0]?.message), /after all/);
});
