import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { until } from '../../server/ask.ts';
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  type FramePeer,
  numbers,
} from '../../support/frame-server.ts';
import { OK, openFrames } from '../../support/open-frames.ts';
import { RecordingHandler } from '../../support/recording-handler.ts';

const PIECE = Buffer.alloc(16_000, 'x');
const PIECES = 4;

/** A response of several pieces. @param flags of the last one */
function respond(to: FramePeer, stream: number, flags: number): void {
  to.head(stream, OK);
  for (let n = 1; n <= PIECES; n++) to.send(FRAME.data, n === PIECES ? flags : 0, stream, PIECE);
}

/** A handler that pauses at its head, and at each piece. */
function pausing(): RecordingHandler {
  const told = new RecordingHandler();
  for (const event of ['onHead', 'onData'] as const) {
    const tell = told[event].bind(told) as (what: unknown) => void;
    told[event] = (what: unknown) => {
      tell(what);
      told.control?.pause();
    };
  }
  return told;
}

const CLOSES = [
  ['in good order', (to: FramePeer) => void to.socket.end()],
  ['at once', (to: FramePeer) => to.socket.destroySoon()],
  [
    'with an error',
    (to: FramePeer) => {
      to.send(FRAME.goaway, 0, 0, numbers(1, 11));
      to.socket.end();
    },
  ],
] as const;

for (const [how, close] of CLOSES) {
  test(`Http2Session: a complete response outlives its connection during a pause, closed ${how}`, async (t) => {
    const { session, get, told, watched } = await openFrames(t, (to, stream) => {
      respond(to, stream, END_STREAM);
      close(to);
    });
    const paused = get('/', pausing());
    await until(() => told.retired === 1);
    assert.deepEqual(paused.events, ['sent', 'answer', '200']);
    assert.equal(session.room, 0);
    while (paused.body.length < PIECES * PIECE.length) {
      const { length } = paused.body;
      paused.control?.resume();
      assert.ok(paused.body.length > length);
    }
    // The last piece has paused it, too.
    assert.notEqual(paused.events.at(-1), 'end');
    paused.control?.resume();
    assert.deepEqual(paused.events, ['sent', 'answer', '200', 'data', 'end']);
    assert.equal(watched.size, 0);
  });

  test(`Http2Session: a truncated response is lost with its connection during a pause, closed ${how}`, async (t) => {
    const { get } = await openFrames(t, (to, stream) => {
      respond(to, stream, 0);
      close(to);
    });
    const paused = get('/', pausing());
    await paused.over;
    assert.deepEqual(paused.events, ['sent', 'answer', '200', 'error']);
    assert.ok(paused.error instanceof ConnectionLostError);
    paused.control?.resume();
    assert.equal(paused.events.at(-1), 'error');
  });
}

test('Http2Session: what throws for the rest of a lost connection is passed to onError', async (t) => {
  const { get, told: session } = await openFrames(t, (to, stream) => {
    respond(to, stream, END_STREAM);
    to.socket.end();
  });
  const told = pausing();
  const problem = new Error('no');
  told.onData = () => {
    throw problem;
  };
  get('/', told);
  await until(() => session.retired === 1);
  told.control?.resume();
  assert.equal(told.error, problem);
  assert.deepEqual(told.events, ['sent', 'answer', '200', 'error']);
});

test('Http2Session: disposal fails a request with the rest of a lost connection', async (t) => {
  const {
    session,
    get,
    told: of,
  } = await openFrames(t, (to, stream) => {
    respond(to, stream, END_STREAM);
    to.socket.end();
  });
  const told = get('/', pausing());
  await until(() => of.retired === 1);
  session[Symbol.dispose]();
  assert.ok(told.error instanceof ConnectionLostError);
  told.control?.resume();
  assert.deepEqual(told.events, ['sent', 'answer', '200', 'error']);
});

test('Http2Session: a response without a body does not end during a pause', async (t) => {
  const { get, peer } = await openFrames(t, (to, stream) => {
    to.head(stream, [[':status', '204']], END_HEADERS | END_STREAM);
    to.send(FRAME.ping, 0, 0, Buffer.alloc(8));
  });
  const told = get('/', pausing());
  await until(() => peer.frames.some(({ type }) => type === FRAME.ping));
  assert.deepEqual(told.events, ['sent', 'answer', '204']);
  told.control?.resume();
  await told.over;
  assert.equal(told.events.at(-1), 'end');
});
