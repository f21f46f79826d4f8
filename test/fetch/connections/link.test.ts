import assert from 'node:assert/strict';
import { connect, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Link, type LinkUser } from '../../../src/fetch/connections/link.ts';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { until } from '../../server/ask.ts';
import { serveBytes } from '../../support/tiny-server.ts';

/** Notes all that it is told, under its name. */
function noting(events: unknown[], name: string): LinkUser {
  return {
    onBytes: (bytes) => void events.push([name, String(bytes)]),
    onLost: (error) => void events.push([name, error]),
  };
}

function open(t: TestContext) {
  const events: unknown[] = [];
  const link = new Link(noting(events, 'first'));
  const socket = new Socket();
  link.attach(socket);
  t.after(() => link[Symbol.dispose]());
  return { link, socket, events, use: () => link.use(noting(events, 'second')) };
}

/** Also of one that closes with an error. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

test('Link: what it fails with is told to its user of that time, once', async (t) => {
  for (const isUsed of [false, true]) {
    const { socket, events, use } = open(t);
    if (isUsed) use();
    const error = new Error('reset');
    socket.destroy(error);
    await closed(socket);
    assert.deepEqual(events, [[isUsed ? 'second' : 'first', error]]);
  }
});

test('Link: a socket that closes without a word has failed', async (t) => {
  const { socket, events } = open(t);
  socket.destroy();
  await closed(socket);
  const [[, error]] = events as [[string, Error]];
  assert.ok(error instanceof ConnectionLostError);
  assert.equal(error.message, 'the connection was closed');
});

test('Link: lost, it closes its socket', async (t) => {
  const { link, socket, events } = open(t);
  link.lose(undefined);
  await closed(socket);
  assert.deepEqual([events, socket.destroyed], [[['first', undefined]], true]);
});

test('Link: disposed of, it closes its socket, and tells nothing more', async (t) => {
  const { link, socket, events, use } = open(t);
  use();
  link[Symbol.dispose]();
  link.lose(new Error('late'));
  await closed(socket);
  assert.deepEqual([events, socket.destroyed], [[], true]);
});

test('Link: one that was left to others says nothing of what becomes of it', async (t) => {
  const { link, socket, events, use } = open(t);
  use();
  link.release();
  assert.equal(socket.destroyed, false);
  socket.destroy(new Error('theirs'));
  await closed(socket);
  assert.deepEqual(events, []);
});

for (const isBorrowed of [true, false]) {
  const how = isBorrowed ? 'into the shared buffer' : 'into buffers of its own';
  test(`Link: tells what comes, read ${how}, and that the other side has closed it`, async (t) => {
    const server = await serveBytes(t, (from, data) => {
      if (String(data) === 'bye') from.end('bye');
      else from.write(data);
    });
    const events: unknown[] = [];
    const link = new Link(noting(events, 'first'));
    t.after(() => link[Symbol.dispose]());
    const read = isBorrowed ? { onread: link.onread } : {};
    const socket = connect({ host: '127.0.0.1', port: server.port, ...read });
    link.attach(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    link.use(noting(events, 'second'));
    for (const text of ['GIF', '89a']) {
      socket.write(text);
      await until(() => (events.at(-1) as string[] | undefined)?.[1] === text);
    }
    socket.write('bye');
    await until(() => events.length === 4);
    assert.deepEqual(
      events,
      ['GIF', '89a', 'bye', undefined].map((what) => ['second', what]),
    );
    assert.equal(socket.destroyed, true);
  });
}

test('Link: what is read after it was disposed of is not told', (t) => {
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
  const [first, second] = [open(t).link, open(t).link];
  assert.equal(first.onread.buffer === second.onread.buffer, process.platform !== 'win32');
});
