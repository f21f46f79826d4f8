import assert from 'node:assert/strict';
import { connect, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { DeadlineWatch } from '../../../src/fetch/connections/deadline-watch.ts';
import { Link } from '../../../src/fetch/connections/link.ts';
import { ConnectionLostError, messageOf } from '../../../src/model/failure.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { deadlineClock } from '../../support/deadline-clock.ts';
import { serveBytes } from '../../support/tiny-server.ts';

/** A connection of which all that it tells is noted. */
function open(t: TestContext, { timeout = 0, socket = new Socket(), uses = false } = {}) {
  const clock = deadlineClock(t);
  const watch = new DeadlineWatch([timeout], clock.now);
  const events: unknown[] = [];
  const link = new Link(watch, timeout, (error) => events.push(['done', error]));
  link.attach(socket);
  const use = () =>
    link.use({
      onBytes: (bytes) => events.push(String(bytes)),
      onLost: (error) => events.push(['lost', error]),
    });
  if (uses) use();
  t.after(() => {
    link[Symbol.dispose]();
    watch[Symbol.dispose]();
  });
  return { link, socket, events, use, ...clock };
}

/** Also of one that closes with an error. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

test('Link: says once that it is there', (t) => {
  const { link, events } = open(t);
  link.establish();
  link.establish();
  assert.deepEqual(events, [['done', undefined]]);
});

test('Link: one that fails before it is there says so once, and closes its socket', async (t) => {
  const { socket, events, link } = open(t);
  const error = new Error('refused');
  socket.destroy(error);
  await closed(socket);
  assert.deepEqual(events, [['done', error]]);
  link.establish();
  assert.deepEqual([events.length, socket.destroyed], [1, true]);
});

test('Link: one that fails later tells its user, and nobody else', async (t) => {
  const { link, socket, events, use } = open(t);
  link.establish();
  use();
  const error = new Error('reset');
  socket.destroy(error);
  await closed(socket);
  assert.deepEqual(events, [
    ['done', undefined],
    ['lost', error],
  ]);
});

test('Link: a socket that closes without a word has failed', async (t) => {
  for (const uses of [false, true]) {
    await t.test(uses ? 'in use' : 'before it is there', async (t) => {
      const { link, socket, events } = open(t, { uses });
      if (uses) link.establish();
      socket.destroy();
      await closed(socket);
      const [what, error] = events.at(-1) as [string, Error];
      assert.deepEqual(
        [what, messageOf(error)],
        [uses ? 'lost' : 'done', 'the connection was closed'],
      );
      assert.ok(error instanceof ConnectionLostError);
    });
  }
});

test('Link: is late when it is not there in time, and never once it is', (t) => {
  const { events, elapse, socket } = open(t, { timeout: 3_000 });
  elapse(2_999);
  assert.equal(events.length, 0);
  elapse(101);
  const [what, error] = events.at(0) as [string, Error];
  assert.deepEqual([what, messageOf(error)], ['done', 'no connection within 3 s']);
  assert.deepEqual([reasonOf(error), socket.destroyed], ['timeout-connect', true]);
});

test('Link: one that is there is not late', (t) => {
  const { link, events, elapse, socket } = open(t, { timeout: 3_000, uses: true });
  link.establish();
  elapse(3_600_000);
  assert.deepEqual([events, socket.destroyed], [[['done', undefined]], false]);
});

test('Link: disposed of it closes its socket, and tells nothing more', async (t) => {
  for (const isThere of [false, true]) {
    await t.test(isThere ? 'in use' : 'before it is there', async (t) => {
      const { link, socket, events, elapse } = open(t, { timeout: 3_000, uses: true });
      if (isThere) link.establish();
      const before = events.length;
      link[Symbol.dispose]();
      link.establish();
      link.lose(new Error('late'));
      elapse(10_000);
      await closed(socket);
      assert.deepEqual([events.length, socket.destroyed], [before, true]);
    });
  }
});

test('Link: one that was left to others says nothing of what becomes of it', async (t) => {
  const { link, socket, events, use } = open(t);
  link.establish();
  use();
  link.release();
  assert.equal(socket.destroyed, false);
  socket.destroy(new Error('theirs'));
  await closed(socket);
  assert.deepEqual(events, [['done', undefined]]);
});

for (const isBorrowed of [true, false]) {
  const how = isBorrowed ? 'into the shared buffer' : 'into buffers of its own';
  test(`Link: tells what comes, read ${how}, and that the other side has closed it`, async (t) => {
    const server = await serveBytes(t, (from, data) => {
      if (String(data) === 'bye') from.end('bye');
      else from.write(data);
    });
    const watch = new DeadlineWatch([]);
    const events: unknown[] = [];
    const isThere = Promise.withResolvers<void>();
    const link = new Link(watch, 0, () => isThere.resolve());
    t.after(() => link[Symbol.dispose]());
    const read = isBorrowed ? { onread: link.onread } : {};
    const socket = connect({ host: '127.0.0.1', port: server.port, ...read });
    link.attach(socket);
    socket.once('connect', () => link.establish());
    await isThere.promise;
    link.use({
      onBytes: (bytes) => events.push(String(bytes)),
      onLost: (error) => events.push(['lost', error]),
    });
    for (const text of ['GIF', '89a']) {
      socket.write(text);
      await until(() => events.at(-1) === text);
    }
    socket.write('bye');
    await until(() => events.length === 4);
    assert.deepEqual(events, ['GIF', '89a', 'bye', ['lost', undefined]]);
    assert.equal(socket.destroyed, true);
  });
}

test('Link: one that the other side closes before it is there has failed', (t) => {
  const { link, events } = open(t);
  link.lose(undefined);
  const [what, error] = events.at(0) as [string, Error];
  assert.deepEqual([what, messageOf(error)], ['done', 'the server closed the connection']);
  assert.ok(error instanceof ConnectionLostError);
});

test('Link: what is read after it was disposed of is told to nobody', (t) => {
  const { link, events, use } = open(t);
  const { buffer, callback } = link.onread;
  use();
  callback(1, buffer as Buffer);
  assert.equal(events.length, 1);
  link[Symbol.dispose]();
  callback(1, buffer as Buffer);
  assert.equal(events.length, 1);
});

test('Link: all connections read into one buffer, where the system allows it', (t) => {
  const [first, second] = [open(t).link, new Link(new DeadlineWatch([]), 0, () => {})];
  const isOne = first.onread.buffer === second.onread.buffer;
  assert.equal(isOne, process.platform !== 'win32');
  second[Symbol.dispose]();
});
