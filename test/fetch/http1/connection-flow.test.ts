import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOf } from '../../../src/model/error-words.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { until } from '../../server/ask.ts';
import { type OpenHttp1, openHttp1 } from '../../support/open-http1.ts';
import { PausingHandler } from '../../support/recording-handler.ts';

const HEAD = 'HTTP/1.1 200 OK\r\n';
const WHOLE = `${HEAD}content-length: 3\r\n\r\nGIF`;
const ALL = ['sent', 'answer', '200', 'data', 'end'];

/** Asserts that the next request is served as usual. */
async function servesOn({ get, say, connection }: OpenHttp1): Promise<void> {
  assert.equal(connection.isClosed, false);
  const next = await get('/next');
  say(WHOLE);
  await next.over;
  assert.deepEqual([next.events, next.body], [ALL, 'GIF']);
}

for (const [what, pieces] of [
  ['a body', [`${HEAD}content-length: 6\r\n\r\nGIF`, '89a']],
  [
    'a body in chunks',
    [`${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n`, '3\r\n89a\r\n0\r\n\r\n'],
  ],
  [
    'chunks that came at once',
    [`${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n3\r\n89a\r\n0\r\n\r\n`],
  ],
  ['a chunk', [`${HEAD}transfer-encoding: chunked\r\n\r\n6\r\nGIF`, '89a\r\n0\r\n\r\n']],
] as const) {
  test(`Http1Connection: pauses within ${what}, and resumes`, async (t) => {
    const opened = await openHttp1(t);
    const { get, say, told, socket } = opened;
    const got = await get('/', new PausingHandler(3));
    const [first, ...others] = pieces;
    say(first);
    await until(() => got.body !== '');
    for (const piece of others) say(piece);
    assert.deepEqual([got.body, socket.isPaused()], ['GIF', true]);
    got.control?.resume();
    await got.over;
    assert.deepEqual([got.events, got.body, told], [ALL, 'GIF89a', { idle: 1, closed: 0 }]);
    await servesOn(opened);
  });
}

for (const [what, response] of [
  ['a body', WHOLE],
  ['the last chunk', `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n0\r\n\r\n`],
] as const) {
  test(`Http1Connection: a pause at the last piece of ${what} delays its end, and reading goes on`, async (t) => {
    const opened = await openHttp1(t);
    const { get, say, told } = opened;
    const got = await get('/', new PausingHandler(3));
    say(response);
    await until(() => got.body === 'GIF');
    assert.deepEqual([got.events, told.idle], [ALL.slice(0, -1), 0]);
    got.control?.resume();
    assert.deepEqual([got.events, told.idle], [ALL, 1]);
    await servesOn(opened);
  });
}

test('Http1Connection: may be paused again at once after a resume', async (t) => {
  const opened = await openHttp1(t);
  const { get, say, socket } = opened;
  const got = await get('/', new PausingHandler(1, 2, 3));
  say(`${HEAD}transfer-encoding: chunked\r\n\r\n1\r\nG\r\n1\r\nI\r\n1\r\nF\r\n0\r\n\r\n`);
  for (const body of ['G', 'GI', 'GIF']) {
    await until(() => got.body !== '');
    assert.deepEqual([got.body, socket.isPaused()], [body, true]);
    got.control?.resume();
  }
  assert.deepEqual(got.events, ALL);
  await servesOn(opened);
});

test('Http1Connection: data that came with a pause is not overwritten by another connection', async (t) => {
  const { get, say, overwrite } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3, 6));
  say(`${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n3\r\n89a\r\n1\r\n!\r\n0\r\n\r\n`);
  await until(() => got.body === 'GIF');
  overwrite();
  got.control?.resume();
  overwrite();
  got.control?.resume();
  assert.deepEqual([got.events, got.body], [ALL, 'GIF89a!']);
});

test('Http1Connection: data that came with a pause is not read twice', async (t) => {
  const { get, say } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3, 6));
  say(`${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n3\r\n89a`);
  await until(() => got.body === 'GIF');
  got.control?.resume();
  assert.equal(got.body, 'GIF89a');
  got.control?.resume();
  say('\r\n0\r\n\r\n');
  await got.over;
  assert.deepEqual([got.events, got.body], [ALL, 'GIF89a']);
});

test('Http1Connection: pausing and resuming twice counts once', async (t) => {
  const opened = await openHttp1(t);
  const { get, say, received } = opened;
  const got = await get('/', new PausingHandler(3));
  say(`${HEAD}content-length: 6\r\n\r\nGIF`);
  await until(() => got.body === 'GIF');
  got.control?.pause();
  got.control?.resume();
  got.control?.resume();
  const before = received();
  say('89a');
  await got.over;
  assert.deepEqual([got.body, received()], ['GIF89a', before + 3]);
  await servesOn(opened);
});

test('Http1Connection: notices data after a body behind a pause, too', async (t) => {
  const { get, say, told } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3));
  say(`${WHOLE}89a`);
  await until(() => got.body === 'GIF');
  got.control?.resume();
  assert.deepEqual([got.events, got.body, told], [ALL, 'GIF', { idle: 0, closed: 1 }]);
});

test('Http1Connection: a body that ends with the connection is complete after a pause, too', async (t) => {
  const { get, say, hangUp, told } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3));
  say(`${HEAD}\r\nGIF`);
  await until(() => got.body === 'GIF');
  say('89a');
  hangUp();
  got.control?.resume();
  await got.over;
  assert.deepEqual([got.events, got.body, told], [ALL, 'GIF89a', { idle: 0, closed: 1 }]);
});

test('Http1Connection: notices invalid data after a pause, too', async (t) => {
  const { get, say, told } = await openHttp1(t);
  const got = await get('/', new PausingHandler(3));
  say(`${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\nx`);
  await until(() => got.body === 'GIF');
  got.control?.resume();
  assert.deepEqual([reasonOf(got.error), told], ['protocol', { idle: 0, closed: 1 }]);
});

for (const [what, drips] of [
  ['a head that drips', ['HTTP/1.1 ', '200 OK\r\n', 'content-']],
  ['interim responses', Array(3).fill('HTTP/1.1 102 Processing\r\n\r\n')],
] as const) {
  test(`Http1Connection: ${what} ${drips[0]?.endsWith('\r\n\r\n') ? 'do' : 'does'} not extend the deadline for a response`, async (t) => {
    const { get, say, told, clock, received } = await openHttp1(t, { firstByte: 3_000, idle: 900 });
    const got = await get();
    for (const drip of drips) {
      const before = received();
      say(drip);
      await until(() => received() === before + drip.length && got.events.includes('answer'));
      clock.elapse(950);
    }
    assert.equal(got.error, undefined);
    clock.elapse(200);
    assert.equal(messageOf(got.error), 'no response within 3 s');
    assert.deepEqual([reasonOf(got.error), told.closed], ['timeout-first-byte', 1]);
  });
}

test('Http1Connection: each piece restarts the idle deadline', async (t) => {
  const { get, say, told, clock, received } = await openHttp1(t, { firstByte: 300, idle: 1_000 });
  const got = await get();
  for (const piece of [`${HEAD}content-length: 9\r\n\r\n`, 'G', 'I', 'F']) {
    const before = received();
    say(piece);
    await until(() => received() === before + piece.length && got.heads.length > 0);
    clock.elapse(900);
    assert.equal(got.error, undefined);
  }
  clock.elapse(200);
  assert.equal(messageOf(got.error), 'nothing more came for 1 s');
  assert.deepEqual([reasonOf(got.error), told.closed], ['timeout-idle', 1]);
});

test('Http1Connection: a pause suspends the deadline, and a resume restarts it', async (t) => {
  const { get, say, clock } = await openHttp1(t, { firstByte: 300, idle: 1_000 });
  const got = await get('/', new PausingHandler(3));
  say(`${HEAD}content-length: 9\r\n\r\nGIF`);
  await until(() => got.body === 'GIF');
  clock.elapse(60_000);
  got.control?.resume();
  clock.elapse(900);
  assert.equal(got.error, undefined);
  clock.elapse(200);
  assert.equal(reasonOf(got.error), 'timeout-idle');
});

test('Http1Connection: 0 means no deadline', async (t) => {
  const { get, say, clock } = await openHttp1(t);
  const got = await get();
  clock.elapse(3_600_000);
  say(`${HEAD}content-length: 3\r\n\r\n`);
  await until(() => got.heads.length > 0);
  clock.elapse(3_600_000);
  say('GIF');
  await got.over;
  assert.deepEqual(got.events, ALL);
});
