import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Transport } from '../../../src/fetch/transport/transport.ts';
import { messageOf } from '../../../src/model/error-words.ts';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { until } from '../../server/ask.ts';
import { serveBytes } from '../../support/tiny-server.ts';

/** A listener that records its events. */
function userOf(events: unknown[], name: string) {
  return {
    onBytes: (bytes: Buffer) => void events.push(String(bytes)),
    onLost: (error: Error | undefined) => void events.push([name, error]),
  };
}

/** A transport with recorded events: those of its first listener, then those of its second. */
function open(t: TestContext, socket = new Socket()) {
  const events: unknown[] = [];
  const transport = new Transport(userOf(events, 'maker'));
  transport.attach(socket);
  t.after(() => transport[Symbol.dispose]());
  return { transport, socket, events, use: () => transport.use(userOf(events, 'user')) };
}

/** Also for one that closes with an error. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

for (const [uses, whose] of [
  [false, 'maker'],
  [true, 'user'],
] as const) {
  test(`Transport: a failure is reported to its ${whose} once, and closes its socket`, async (t) => {
    const { transport, socket, events, use } = open(t);
    if (uses) use();
    const error = new Error('reset');
    socket.destroy(error);
    await closed(socket);
    transport.lose(new Error('late'));
    assert.deepEqual([events, socket.destroyed], [[[whose, error]], true]);
  });

  test(`Transport: a socket that closes silently is a failure, reported to its ${whose}`, async (t) => {
    const { socket, events, use } = open(t);
    if (uses) use();
    socket.destroy();
    await closed(socket);
    const [what, error] = events.at(-1) as [string, Error];
    assert.deepEqual([events.length, what], [1, whose]);
    assert.equal(messageOf(error), 'the connection was closed');
    assert.ok(error instanceof ConnectionLostError);
  });

  test(`Transport: disposal closes its socket, and reports nothing to its ${whose}`, async (t) => {
    const { transport, socket, events, use } = open(t);
    if (uses) use();
    transport[Symbol.dispose]();
    transport.lose(new Error('late'));
    await closed(socket);
    assert.deepEqual([events, socket.destroyed], [[], true]);
  });
}

test('Transport: may be disposed of before it has a socket', () => {
  const events: unknown[] = [];
  const transport = new Transport(userOf(events, 'maker'));
  transport[Symbol.dispose]();
  transport.lose(new Error('late'));
  assert.deepEqual(events, []);
});

test('Transport: reports nothing after its socket was released', async (t) => {
  const { transport, socket, events, use } = open(t);
  use();
  transport.release();
  assert.equal(socket.destroyed, false);
  socket.destroy(new Error('theirs'));
  await closed(socket);
  assert.deepEqual(events, []);
});

for (const isBorrowed of [true, false]) {
  const how = isBorrowed ? 'into the shared buffer' : 'into buffers of its own';
  test(`Transport: reports data, read ${how}, and that the other side has closed it`, async (t) => {
    const server = await serveBytes(t, (from, data) => {
      if (String(data) === 'bye') from.end('bye');
      else from.write(data);
    });
    const events: unknown[] = [];
    const transport = new Transport(userOf(events, 'maker'));
    t.after(() => transport[Symbol.dispose]());
    const read = isBorrowed ? { onread: transport.onread } : {};
    const socket = connect({ host: '127.0.0.1', port: server.port, ...read });
    await once(socket, 'connect');
    transport.attach(socket);
    transport.use(userOf(events, 'user'));
    for (const text of ['GIF', '89a']) {
      socket.write(text);
      await until(() => events.at(-1) === text);
    }
    socket.write('bye');
    await until(() => events.length === 4);
    assert.deepEqual(events, ['GIF', '89a', 'bye', ['user', undefined]]);
    assert.equal(socket.destroyed, true);
  });
}

test('Transport: data read after disposal is not reported', (t) => {
  const { transport, events, use } = open(t);
  const { buffer, callback } = transport.onread;
  use();
  callback(1, buffer as Buffer);
  assert.equal(events.length, 1);
  transport[Symbol.dispose]();
  callback(1, buffer as Buffer);
  assert.equal(events.length, 1);
});

test('Transport: all connections read into one buffer, where the system allows it', (t) => {
  const [first, second] = [open(t).transport, open(t).transport];
  const isOne = first.onread.buffer === second.onread.buffer;
  assert.equal(isOne, process.platform !== 'win32');
});
