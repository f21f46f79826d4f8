import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { afterPoll } from '../../../src/fetch/http1/after-poll.ts';
import { serveBytes } from '../../support/tiny-server.ts';

test('afterPoll: everything that arrived before was read, in any phase of the event loop', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const { port } = await serveBytes(t, resolve);
  const ours = connect({ host: '127.0.0.1', port });
  ours.write('hello');
  const theirs = await promise;
  let received = 0;
  ours.on('data', (piece: Buffer) => {
    received += piece.length;
  });
  const phases = [
    () => Promise.resolve(),
    () => setImmediate(),
    () => new Promise<void>((done) => void setTimeout(done, 1)),
    () => new Promise<void>((done) => void process.nextTick(done)),
  ];
  for (const [index, phase] of phases.entries()) {
    await phase();
    // When this is called, the system has the bytes.
    await new Promise<void>((done) => void theirs.write('x', () => done()));
    await new Promise<void>((done) => afterPoll(done));
    assert.equal(received, index + 1);
  }
  ours.destroy();
  await once(ours, 'close');
});

test('afterPoll: callbacks added while others wait get a turn of their own', async () => {
  const order: string[] = [];
  const all = [
    new Promise<void>((done) => afterPoll(() => done(void order.push('first')))),
    new Promise<void>((done) => afterPoll(() => done(void order.push('with it')))),
  ];
  await setImmediate();
  all.push(new Promise<void>((done) => afterPoll(() => done(void order.push('later')))));
  await setImmediate();
  assert.deepEqual(order, ['first', 'with it']);
  await Promise.all(all);
  assert.deepEqual(order, ['first', 'with it', 'later']);
});
