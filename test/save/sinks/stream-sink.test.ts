import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { itemOf, type RowDetails } from '../../../src/model/item.ts';
import type { ResponseHead } from '../../../src/model/response.ts';
import { StreamSink } from '../../../src/save/sinks/stream-sink.ts';

/** A draft of a row, on a stream that notes what is written to it. */
async function setUp(details: RowDetails = {}) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  const sink = new StreamSink(stream);
  const draft = await sink.open(itemOf({ url: 'http://h/a', ...details }, 0));
  const send = async (text: string, head: Partial<ResponseHead> = {}) => {
    draft.begin({ httpStatus: 200, url: 'http://h/a', offset: 0, ...head });
    for (const character of text) await draft.write(Buffer.from(character));
  };
  return { sink, stream, draft, send, written: () => String(Buffer.concat(chunks)) };
}

test('StreamSink: a body is written as it comes', async () => {
  const { draft, send, written } = await setUp();
  await send('body');
  assert.equal(written(), 'body');
  assert.deepEqual(await draft.commit(), { path: '-', bytes: 4 });
});

test('StreamSink: a broken transfer goes on with the rest', async () => {
  const { draft, send, written } = await setUp();
  assert.equal(draft.part, undefined);
  await send('bo', { etag: '"1"', length: 4 });
  assert.deepEqual(draft.part, { bytes: 2, etag: '"1"', lastModified: undefined, length: 4 });
  await send('dy', { offset: 2, httpStatus: 206 });
  await draft.commit();
  assert.equal(written(), 'body');
  assert.throws(() => draft.begin({ httpStatus: 206, url: 'http://h/a', offset: 3 }), {
    name: 'ByteRangeError',
  });
});

test('StreamSink: a body that comes again is written once', async () => {
  const { draft, send, written } = await setUp();
  await send('bo');
  assert.deepEqual([draft.part, draft.bytes], [undefined, 2]);
  await send('b');
  await send('body');
  await draft.commit();
  assert.equal(written(), 'body');
});

test('StreamSink: another body than the one that was written fails, and is not tried again', async () => {
  const { draft, send, written } = await setUp();
  await send('bo');
  const changed = { name: 'AlreadyWrittenError', reason: 'range', message: /2 bytes/ };
  await assert.rejects(send('nobody'), changed);
  await assert.rejects(send('body'), changed);
  await assert.rejects(draft.restart(), changed);
  assert.equal(written(), 'bo');
});

test('StreamSink: a shorter body than the one that was written fails', async () => {
  const { draft, send } = await setUp();
  await send('body');
  await send('bo');
  await assert.rejects(draft.commit(), { name: 'AlreadyWrittenError' });
});

test('StreamSink: checksums of the row and of the server are checked at the end', async () => {
  const own = await setUp({ checksum: { algorithm: 'sha1', hex: hash('sha1', 'body') } });
  await own.send('bo', { etag: '"1"' });
  await own.send('dy', { offset: 2 });
  await own.draft.commit();
  const wrong = await setUp({ checksum: { algorithm: 'md5', hex: '0'.repeat(32) } });
  await wrong.send('body');
  await assert.rejects(wrong.draft.commit(), { name: 'ChecksumError' });
  await assert.rejects(wrong.draft.restart(), { name: 'ChecksumError' });
  const stated = await setUp();
  const checksum = { algorithm: 'md5', hex: '0'.repeat(32), header: 'Content-MD5' } as const;
  await stated.send('bo', { etag: '"1"', stated: checksum });
  await stated.send('dy', { offset: 2 });
  await assert.rejects(stated.draft.commit(), { name: 'ChecksumError', message: /Content-MD5/ });
});

test('StreamSink: a reader that has gone ends the row, whatever is left to write', async () => {
  const { sink, stream, draft, send } = await setUp();
  await send('bo');
  stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  const gone = { name: 'ReaderGoneError', reason: 'not-writable' };
  await assert.rejects(send('body'), gone);
  await assert.rejects(draft.commit(), { name: /ReaderGoneError|AlreadyWrittenError/ });
  assert.equal(sink.isReaderGone, true);
});

test('StreamSink: a slow stream makes the sender pause', async () => {
  const taken = Promise.withResolvers<void>();
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => void taken.promise.then(() => done()),
  });
  const draft = await new StreamSink(stream).open(itemOf('http://h/a', 0));
  draft.begin({ httpStatus: 200, url: 'http://h/a', offset: 0 });
  const pause = draft.write(Buffer.from('body'));
  assert.ok(pause instanceof Promise);
  taken.resolve();
  await pause;
});
