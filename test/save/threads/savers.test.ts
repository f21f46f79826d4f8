// Slow: starts threads.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { SaverThread } from '../../../src/save/threads/saver-thread.ts';
import { Savers } from '../../../src/save/threads/savers.ts';
import { until } from '../../server/ask.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const file = (name: string, ...pieces: readonly string[]) => ({
    temporary: join(directory, `.${name}.part`),
    destination: { path: join(directory, name), replaces: 'nothing' } as const,
    pieces: pieces.map((piece) => Buffer.from(piece)),
    size: pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0),
  });
  return { directory, file, list: () => readdir(directory) };
}

/** The worker of the next thread that starts. */
function nextWorker(): Promise<Worker> {
  const { promise, resolve } = Promise.withResolvers<Worker>();
  process.once('worker', resolve);
  return promise;
}

/** A thread that has started. */
async function started(now = () => performance.now()): Promise<SaverThread> {
  const thread = new SaverThread({ durable: false, now });
  await until(() => thread.isUp);
  return thread;
}

test('SaverThread: saves files byte for byte, and leaves no temporary ones', async (t) => {
  const { directory, file, list } = await setUp(t);
  await using thread = await started();
  const files = Array.from({ length: 300 }, (_, i) => file(`${i}`, `${i}`.repeat(i), '', 'end'));
  await Promise.all(files.map((each) => thread.save(each)));
  assert.equal((await list()).length, 300);
  for (let i = 0; i < 300; i++) {
    assert.equal(await readFile(join(directory, `${i}`), 'utf8'), `${`${i}`.repeat(i)}end`);
  }
  assert.equal(thread.pending, 0);
});

test('SaverThread: the caller may reuse the pieces at once', async (t) => {
  const { directory, file } = await setUp(t);
  await using thread = await started();
  const whole = file('a', 'before');
  const saved = thread.save(whole);
  whole.pieces[0]?.fill('x');
  await saved;
  assert.equal(await readFile(join(directory, 'a'), 'utf8'), 'before');
});

test('SaverThread: saves more files than fit into a batch', async (t) => {
  const { file, list } = await setUp(t);
  await using thread = await started();
  const body = 'x'.repeat(60_000);
  await Promise.all(Array.from({ length: 100 }, (_, i) => thread.save(file(`${i}`, body))));
  assert.equal((await list()).length, 100);
});

test('SaverThread: reports why a file cannot be saved, and saves the others', async (t) => {
  const { directory, file, list } = await setUp(t);
  await using thread = await started();
  await writeFile(join(directory, '.taken.part'), '');
  await mkdir(join(directory, 'folder'));
  const lost = { ...file('lost', 'x'), temporary: join(directory, 'nowhere', 'lost.part') };
  const results = await Promise.allSettled([
    thread.save(file('a', 'x')),
    thread.save(file('taken', 'x')),
    thread.save(lost),
    thread.save(file('folder', 'x')),
    thread.save(file('b', 'x')),
  ]);
  const codes = results.map((result) => result.status === 'rejected' && result.reason.code);
  assert.deepEqual(codes, [false, 'EEXIST', 'ENOENT', 'EEXIST', false]);
  assert.deepEqual(
    (await list()).filter((name) => !name.startsWith('.')),
    ['a', 'b', 'folder'],
  );
});

test('SaverThread.behind: is the age of the oldest batch by the given clock', async (t) => {
  const { file } = await setUp(t);
  let now = 1_000;
  await using thread = await started(() => now);
  assert.equal(thread.behind, 0);
  const saved = thread.save(file('a', 'x'));
  await new Promise((resolve) => setImmediate(resolve));
  now += 70;
  assert.equal(thread.behind, 70);
  await saved;
  assert.equal(thread.behind, 0);
});

test('SaverThread: disposing waits for pending files, and refuses further ones', async (t) => {
  const { file, list } = await setUp(t);
  const thread = await started();
  const saved = thread.save(file('a', 'x'));
  await thread[Symbol.asyncDispose]();
  await saved;
  assert.deepEqual(await list(), ['a']);
  assert.equal(thread.isUp, false);
  await assert.rejects(thread.save(file('b', 'x')), /has ended/);
});

for (const [how, kill, message] of [
  // The worker throws for a message that is null.
  ['by an error', (worker: Worker) => worker.postMessage(null), /destructure/],
  ['all at once', (worker: Worker) => worker.terminate(), /has ended/],
] as const) {
  test(`SaverThread: a thread that dies ${how} fails its files, and refuses further ones`, async (t) => {
    const { file, list } = await setUp(t);
    const making = nextWorker();
    const thread = await started();
    const worker = await making;
    await thread.save(file('before', 'x'));
    kill(worker);
    const body = 'x'.repeat(60_000);
    // One part is sent, one fills further batches, and one the batch that is being filled.
    const files = Array.from({ length: 40 }, (_, i) => thread.save(file(`${i}`, body)));
    for (const { status, reason } of (await Promise.allSettled(files)) as PromiseRejectedResult[]) {
      assert.equal(status, 'rejected');
      assert.match(reason.message, message);
    }
    assert.equal(thread.isUp, false);
    assert.equal(thread.pending, 0);
    await assert.rejects(thread.save(file('after', 'x')), message);
    // The thread has ended already, without an unhandled rejection.
    await thread[Symbol.asyncDispose]();
    assert.deepEqual(
      (await list()).filter((name) => !name.startsWith('.')),
      ['before'],
    );
  });
}

test('Savers: files are saved without a thread after it has died', async (t) => {
  const { file, list } = await setUp(t);
  await using savers = new Savers({ durable: false });
  const making = nextWorker();
  for (let i = 0; i < 33; i++) {
    savers.expect();
    await savers.save(file(`${i}`, 'x'));
  }
  const worker = await making;
  const exited = once(worker, 'exit');
  await worker.terminate();
  await exited;
  for (let i = 33; i < 66; i++) await savers.save(file(`${i}`, 'x'));
  assert.equal((await list()).length, 66);
});

test('Savers: few files are saved without a thread, many with one', async (t) => {
  const { file, list } = await setUp(t);
  await using savers = new Savers({ durable: false });
  for (let i = 0; i < 32; i++) {
    savers.expect();
    await savers.save(file(`${i}`, 'x'));
  }
  assert.equal(savers.threads, 0);
  for (let i = 32; i < 200; i++) {
    savers.expect();
    await savers.save(file(`${i}`, 'x'));
  }
  assert.equal(savers.threads, 1);
  assert.equal((await list()).length, 200);
});

test('Savers: threads that are far behind are joined by others, up to four', async (t) => {
  const { file } = await setUp(t);
  let now = 0;
  await using savers = new Savers({ durable: false, now: () => now });
  for (let i = 0; i < 33; i++) savers.expect();
  let saved: Promise<unknown>[] = [];
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < 20; i++) saved.push(savers.save(file(`${round}-${i}`, 'x')));
    // By the clock each batch takes a second.
    await new Promise((resolve) => setImmediate(resolve));
    now += 1_000;
    saved.push(savers.save(file(`${round}-late`, 'x')));
    await Promise.all(saved);
    saved = [];
  }
  assert.equal(savers.threads, 4);
});

test('Savers: a failure has its code with and without a thread', async (t) => {
  const { directory, file } = await setUp(t);
  await using savers = new Savers({ durable: true });
  for (let i = 0; i < 33; i++) savers.expect();
  await rm(directory, { recursive: true });
  for (let i = 0; i < 40; i++)
    await assert.rejects(savers.save(file(`${i}`, 'x')), { code: 'ENOENT' });
});
