import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { Item } from '../../src/model/item.ts';
import { startFlagServer } from '../../src/server/flag-server.ts';
import { ask, until } from '../server/ask.ts';
import { HeldSink } from '../support/held-sink.ts';
import { type Options, outcomesOf, take } from './outcomes-of.ts';

/** Files, at most, that wait to be saved while requests are made. */
const SAVES_BEHIND = 32;

/** The same flag again and again, without end; the query tells one request from another. */
class Flags implements Iterable<Item> {
  pulled = 0;
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (;;) {
      const index = this.pulled++;
      yield { index, url: `${this.#base}/br/br.gif?row=${index}` };
    }
  }

  first(count: number): IteratorObject<Item> {
    return this[Symbol.iterator]().take(count);
  }
}

async function setUp(maxRequests: number, sink: HeldSink) {
  const server = await startFlagServer({ label: 'LOCAL', port: 0 });
  const client = new HttpClient({}, { maxConnections: maxRequests });
  return {
    server,
    flags: new Flags(server.url),
    download: (items: Iterable<Item>, options: Options = {}) =>
      outcomesOf(items, { maxRequests, fetch: client.get, sink, ...options }),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

/** Waits for everything that is under way now. */
async function settle(base: string): Promise<void> {
  await ask(new URL('/', base));
  for (let turns = 0; turns < 10; turns++) await setImmediate();
}

for (const maxRequests of [1, 5, 20]) {
  test(`DownloadRun: a save that hangs does not stop the others, ${maxRequests} at a time`, async () => {
    const sink = new HeldSink(({ index }) => index === 0);
    await using run = await setUp(maxRequests, sink);
    const { taken, end } = take(run.download(run.flags.first(60)));
    await until(() => taken.length === 59);
    assert.equal(run.server.stats.byStatus[200], 60);
    assert.deepEqual(
      sink.saving.map(({ item }) => item.index),
      [0],
    );
    sink.drafts[0]?.release();
    await end;
    assert.equal(taken.at(-1)?.item.index, 0);
    assert.ok(taken.every(({ status }) => status === 'ok'));
  });

  test(`DownloadRun: a disk that hangs holds the requests back, ${maxRequests} at a time`, async () => {
    const sink = new HeldSink();
    await using run = await setUp(maxRequests, sink);
    const most = maxRequests + SAVES_BEHIND;
    const { taken, end } = take(run.download(run.flags.first(most + 10)));
    await until(() => sink.saving.length === most);
    await settle(run.server.url);
    assert.deepEqual([run.flags.pulled, run.server.stats.requests], [most, most]);

    sink.saving[0]?.release();
    await until(() => sink.saving.length === most && taken.length === 1);
    await settle(run.server.url);
    assert.deepEqual([run.flags.pulled, run.server.stats.requests], [most + 1, most + 1]);

    await until(() => {
      for (const draft of sink.saving) draft.release();
      return taken.length === most + 10;
    });
    await end;
    assert.ok(run.server.stats.maxInFlight <= maxRequests);
  });
}

test('DownloadRun: outcomes come in the order in which they are ready', async () => {
  const sink = new HeldSink();
  await using run = await setUp(4, sink);
  const { taken, end } = take(run.download(run.flags.first(4)));
  await until(() => sink.saving.length === 4);
  for (const [done, index] of [2, 0, 3, 1].entries()) {
    sink.drafts.find(({ item }) => item.index === index)?.release();
    await until(() => taken.length === done + 1);
  }
  await end;
  assert.deepEqual(
    taken.map(({ item }) => item.index),
    [2, 0, 3, 1],
  );
});

test('DownloadRun: nothing more is pulled while outcomes are not taken', async () => {
  await using run = await setUp(2, new HeldSink(() => false));
  const outcomes = run.download(run.flags);
  await outcomes.next();
  let pulled = -1;
  await until(() => {
    const still = pulled === run.flags.pulled && run.server.stats.inFlight === 0;
    pulled = run.flags.pulled;
    return still;
  });
  await settle(run.server.url);
  assert.ok(run.flags.pulled <= 2 * (2 + SAVES_BEHIND), `${run.flags.pulled} pulled`);
  await outcomes.return?.();
});

test('DownloadRun: leaving waits for the files that are being saved', async () => {
  const sink = new HeldSink();
  await using run = await setUp(2, sink);
  const outcomes = run.download(run.flags);
  const first = outcomes.next();
  await until(() => sink.saving.length === 2 + SAVES_BEHIND);
  sink.saving[0]?.release();
  await first;
  let left = false;
  const leaving = outcomes.return?.().then(() => {
    left = true;
  });
  await settle(run.server.url);
  assert.equal(left, false);
  for (const draft of sink.drafts) draft.release();
  await leaving;
  assert.ok(sink.drafts.every(({ state }) => state === 'saved' || state === 'discarded'));
});

test('DownloadRun: each row is recalled once, in the order of the list', async () => {
  await using run = await setUp(3, new HeldSink(() => false));
  const recalled: number[] = [];
  const recall = ({ index }: Item) => {
    recalled.push(index);
    // Half of them are there already: they end out of turn.
    return index % 2 === 0 ? { file: { path: 'there', bytes: 1 } } : undefined;
  };
  const problem = new Error('no row');
  const items = run.flags.first(40).map((item) => (item.index > 30 ? { ...item, problem } : item));
  const outcomes = await Array.fromAsync(run.download([...items], { recall }));
  assert.deepEqual(recalled, [...Array(40).keys()]);
  const counts = Object.groupBy(outcomes, ({ status }) => status);
  assert.deepEqual([counts.skipped?.length, counts.ok?.length, counts.failed?.length], [16, 15, 9]);
  assert.equal(run.server.stats.requests, 15);
});

test('DownloadRun: stop: files that have come whole are saved, and no more are requested', async () => {
  const sink = new HeldSink();
  await using run = await setUp(2, sink);
  const most = 2 + SAVES_BEHIND;
  const stopping = new AbortController();
  const { taken, end } = take(run.download(run.flags.first(most + 4), { signal: stopping.signal }));
  await until(() => sink.saving.length === most);
  stopping.abort();
  for (const draft of sink.drafts) draft.release();
  await until(() => {
    for (const draft of sink.drafts) draft.release();
    return taken.length === most;
  });
  await end;
  const counts = Object.groupBy(taken, ({ status }) => status);
  // The others had not been read.
  assert.deepEqual([counts.ok?.length, counts.cancelled?.length], [most, undefined]);
  assert.equal(run.server.stats.requests, most);
});
