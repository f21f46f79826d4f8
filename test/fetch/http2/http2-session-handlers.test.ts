// Slow: waits in real time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../server/ask.ts';
import { selfSigned } from '../../support/certificates.ts';
import { openHttp2, serveHttp2 } from '../../support/open-http2.ts';
import { RecordingHandler } from '../../support/recording-handler.ts';

test('Http2Session: aborting a request resets its stream alone, and reports nothing more', async (t) => {
  const identity = await selfSigned();
  const codes: (number | undefined)[] = [];
  const port = await serveHttp2(t, identity, (stream, headers) => {
    stream.on('close', () => codes.push(stream.rstCode));
    stream.respond({ ':status': 200 });
    if (headers[':path'] === '/neighbour')
      setImmediate(() => until(() => codes.length === 2).then(() => stream.end('GIF')));
    else stream.write('GIF');
  });
  const { get } = await openHttp2(t, port, identity);
  const neighbour = get('/neighbour');
  const early = get();
  early.control?.abort();
  const told = get();
  await until(() => told.body === 'GIF');
  told.control?.abort();
  told.control?.abort();
  told.control?.pause();
  told.control?.resume();
  await neighbour.over;
  assert.deepEqual(early.events, ['sent']);
  assert.deepEqual(told.events, ['sent', 'answer', '200', 'data']);
  assert.deepEqual(neighbour.events.at(-1), 'end');
  assert.deepEqual(codes, [8, 8, 0]);
});

for (const event of ['onSent', 'onAnswer', 'onHead', 'onData', 'onEnd'] as const) {
  test(`Http2Session: what ${event} throws is passed to onError, and ends the request`, async (t) => {
    const identity = await selfSigned();
    const codes: (number | undefined)[] = [];
    const port = await serveHttp2(t, identity, (stream) => {
      stream.on('close', () => codes.push(stream.rstCode));
      stream.respond({ ':status': 200 });
      if (event === 'onEnd') stream.end('GIF');
      else stream.write('GIF');
    });
    const { session, get } = await openHttp2(t, port, identity);
    const told = new RecordingHandler();
    const problem = new Error('no');
    told[event] = () => {
      throw problem;
    };
    get('/', told);
    await told.over;
    assert.equal(told.error, problem);
    assert.equal(told.events.filter((each) => each === 'error' || each === 'end').length, 1);
    await until(() => codes.length === 1);
    assert.deepEqual(codes, [event === 'onEnd' ? 0 : 8]);
    assert.equal(session.room > 0, true);
  });
}

test('Http2Session: a request aborted by its handler reports nothing more', async (t) => {
  const identity = await selfSigned();
  const port = await serveHttp2(t, identity, (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('GIF');
  });
  for (const event of ['onAnswer', 'onHead', 'onData'] as const) {
    const { session, get } = await openHttp2(t, port, identity);
    const told = new RecordingHandler();
    const tell = told[event].bind(told) as (what: unknown) => void;
    told[event] = (what?: unknown) => {
      tell(what);
      told.control?.abort();
    };
    get('/', told);
    const last = { onAnswer: 'answer', onHead: '200', onData: 'data' }[event];
    await until(() => told.events.at(-1) === last);
    await get('/').over;
    assert.equal(told.events.at(-1), last);
    assert.equal(session.room > 0, true);
  }
});

for (const when of ['onHead', 'onData'] as const) {
  test(`Http2Session: a pause by ${when} reports nothing more until the resume`, async (t) => {
    const identity = await selfSigned();
    const size = 3_000_000;
    const port = await serveHttp2(t, identity, (stream, headers) => {
      stream.respond({ ':status': 200 });
      stream.end(headers[':path'] === '/other' ? 'GIF' : Buffer.alloc(size));
    });
    const { get } = await openHttp2(t, port, identity);
    const told = new RecordingHandler();
    let isPaused = false;
    let bytes = 0;
    const pause = () => {
      isPaused = true;
      told.control?.pause();
    };
    told.onData = (piece) => {
      assert.equal(isPaused, false);
      bytes += piece.byteLength;
      if (when === 'onData') pause();
    };
    if (when === 'onHead') told.onHead = pause;
    get('/', told);
    let isOver = false;
    told.over.then(() => {
      isOver = true;
    });
    for (let pauses = 0; ; pauses++) {
      await until(() => isPaused || isOver);
      if (isOver) break;
      // Its neighbours go on, and more of it comes meanwhile.
      if (pauses < 5) await get('/other').over;
      isPaused = false;
      told.control?.resume();
    }
    assert.equal(told.error, undefined);
    assert.equal(bytes, size);
  });
}
