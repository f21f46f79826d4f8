import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirstResponse, type SharedFile } from '../../src/engine/first-response.ts';
import { type Segment, SHORTEST_SEGMENT } from '../../src/engine/segment-plan.ts';
import type { ResponseHead } from '../../src/model/response.ts';
import type { Draft } from '../../src/save/sinks/sink.ts';
import { settle } from '../concurrency/support.ts';

const SIZE = SHORTEST_SEGMENT;
/** Four segments long: two connections share it. */
const HEAD: ResponseHead = {
  httpStatus: 200,
  url: 'http://a/big',
  offset: 0,
  length: 4 * SIZE,
  etag: '"1"',
  acceptsRanges: true,
};

/** A response to a file of four segments, of which another connection has taken the second. */
function setUp(head = HEAD) {
  const written: number[] = [];
  const draft = {
    begin() {},
    write(chunk: Uint8Array): undefined {
      if (chunk.byteLength > 0) written.push(chunk.byteLength);
    },
  } as Partial<Draft> as Draft;
  const response = new FirstResponse(draft, 2);
  response.begin(head);
  const taken = response.file?.plan.take() as Segment;
  return { response, written, taken, file: response.file as SharedFile };
}

/** What has become of a promise by now. */
async function stateOf(promise: Promise<void> | undefined): Promise<string> {
  let state = 'pending';
  promise?.then(
    () => {
      state = 'fulfilled';
    },
    (error: Error) => {
      state = error.name;
    },
  );
  await settle();
  return state;
}

test('FirstResponse: it pauses its sender where the next bytes belong to another connection', async () => {
  const { response, written } = setUp();
  assert.equal(response.write(Buffer.alloc(SIZE - 10)), undefined);
  const paused = response.write(Buffer.alloc(30));
  assert.equal(await stateOf(paused), 'pending');
  assert.deepEqual(written, [SIZE - 10, 10]);
  assert.equal(response.isCut, false);
});

test('FirstResponse: it goes on where it was held once the next bytes are free again', async () => {
  const { response, written, taken, file } = setUp();
  const paused = response.write(Buffer.alloc(SIZE + 30));
  const more = response.write(Buffer.alloc(40));
  file.plan.giveBack(taken);
  response.decide();
  assert.deepEqual([await stateOf(paused), await stateOf(more)], ['fulfilled', 'fulfilled']);
  assert.deepEqual(written, [SIZE, 30, 40]);
});

test('FirstResponse: it is cut once a segment has begun to come', async () => {
  const { response, written, file } = setUp();
  const paused = response.write(Buffer.alloc(SIZE + 30));
  const state = stateOf(paused);
  response.segmentBegan();
  assert.equal(await state, 'SegmentEnd');
  assert.equal(response.isCut, true);
  assert.equal(response.file, file);
  assert.equal(await stateOf(response.write(Buffer.alloc(5))), 'SegmentEnd');
  assert.deepEqual(written, [SIZE]);
});

test('FirstResponse: it is cut at once where a segment has begun to come before', async () => {
  const { response } = setUp();
  response.segmentBegan();
  assert.equal(response.isCut, false);
  assert.equal(await stateOf(response.write(Buffer.alloc(SIZE + 30))), 'SegmentEnd');
});

test('FirstResponse: once it goes alone it brings all the rest', async () => {
  const { response, written } = setUp();
  const paused = response.write(Buffer.alloc(SIZE + 30));
  response.goAlone();
  assert.equal(await stateOf(paused), 'fulfilled');
  response.segmentBegan();
  assert.equal(response.write(Buffer.alloc(SIZE)), undefined);
  assert.deepEqual(written, [SIZE, 30, SIZE]);
  assert.equal(response.file, undefined);
});

test('FirstResponse: it shares nothing of a file whose server does not send ranges', () => {
  const { response, written } = setUp({ ...HEAD, acceptsRanges: false });
  assert.equal(response.file, undefined);
  assert.equal(response.write(Buffer.alloc(4 * SIZE)), undefined);
  assert.deepEqual(written, [4 * SIZE]);
});
