import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  LONGEST_SEGMENT,
  planFor,
  type Segment,
  SegmentPlan,
  SHORTEST_SEGMENT,
} from '../../src/engine/segment-plan.ts';
import type { ResponseHead } from '../../src/model/response.ts';

const MIB = 1024 * 1024;

const HEAD: ResponseHead = {
  httpStatus: 200,
  url: 'http://a/big',
  offset: 0,
  length: 8 * MIB,
  etag: '"version-1"',
  acceptsRanges: true,
};

function all(plan: SegmentPlan): Segment[] {
  const segments: Segment[] = [];
  for (let next = plan.take(); next !== undefined; next = plan.take()) segments.push(next);
  return segments;
}

for (const [from, length, connections] of [
  [0, 2 * MIB, 4],
  [0, 3 * MIB - 1, 2],
  [1234, 100 * MIB + 7, 3],
  [5 * MIB, 10_000 * MIB, 16],
  [0, 1_000_000_007, 4],
] as const) {
  test(`SegmentPlan: ${from} to ${length} over ${connections} is covered, once`, () => {
    const segments = all(new SegmentPlan(from, length, connections));
    let position: number = from;
    for (const { start, end } of segments) {
      assert.equal(start, position);
      assert.ok(end - start >= SHORTEST_SEGMENT, `${end - start}`);
      assert.ok(end - start < LONGEST_SEGMENT + SHORTEST_SEGMENT, `${end - start}`);
      position = end;
    }
    assert.equal(position, length);
  });
}

test('SegmentPlan: four segments for each connection', () => {
  assert.equal(all(new SegmentPlan(0, 400 * MIB, 4)).length, 16);
});

test('SegmentPlan.readOn: goes on as long as the next segment is free', () => {
  const plan = new SegmentPlan(0, 8 * MIB, 2);
  assert.equal(plan.readOn(0), MIB);
  assert.equal(plan.readOn(MIB), 2 * MIB);
  assert.deepEqual(plan.take(), { start: 2 * MIB, end: 3 * MIB });
  assert.equal(plan.readOn(2 * MIB), 2 * MIB);
  plan.giveBack({ start: 2 * MIB, end: 3 * MIB });
  assert.equal(plan.readOn(2 * MIB), 3 * MIB);
});

test('SegmentPlan.readOn: there is nothing after the end', () => {
  const plan = new SegmentPlan(0, 2 * MIB, 1);
  assert.equal(plan.readOn(0), MIB);
  assert.equal(plan.readOn(MIB), 2 * MIB);
  assert.equal(plan.readOn(2 * MIB), 2 * MIB);
  assert.equal(plan.hasFree, false);
});

test('SegmentPlan.giveBack: the rest is the next segment, unless it is empty', () => {
  const plan = new SegmentPlan(0, 4 * MIB, 1);
  const [first, second] = [plan.take(), plan.take()];
  assert.deepEqual(first, { start: 0, end: MIB });
  plan.giveBack({ start: 2 * MIB, end: second?.end ?? 0 });
  plan.giveBack({ start: 5, end: MIB });
  assert.deepEqual(all(plan), [
    { start: 5, end: MIB },
    { start: 2 * MIB, end: 3 * MIB },
    { start: 3 * MIB, end: 4 * MIB },
  ]);
});

test('SegmentPlan.giveBack: the rest keeps its place in the order of the file', () => {
  const plan = new SegmentPlan(0, 4 * MIB, 1);
  const segments = all(plan);
  assert.equal(plan.hasFree, false);
  for (const i of [2, 0, 3, 1]) plan.giveBack(segments[i] as Segment);
  assert.equal(plan.hasFree, true);
  assert.deepEqual(all(plan), segments);
});

test('planFor: plans a file if the server sends ranges', () => {
  assert.equal(planFor(HEAD, 2)?.length, 8 * MIB);
  const dated = { ...HEAD, etag: undefined, lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT' };
  assert.equal(planFor(dated, 2)?.length, 8 * MIB);
});

test('planFor: plans the rest of a part', () => {
  assert.deepEqual(planFor({ ...HEAD, offset: 6 * MIB }, 2)?.take(), {
    start: 6 * MIB,
    end: 7 * MIB,
  });
});

for (const [what, head] of [
  ['too short a file', { length: 2 * MIB - 1 }],
  ['too short a rest', { offset: 6 * MIB + 1 }],
  ['an unknown length', { length: undefined }],
  ['a server without ranges', { acceptsRanges: false }],
  ['no validator', { etag: undefined }],
  ['an invalid ETag', { etag: '"1" or so' }],
  ['a weak ETag', { etag: 'W/"1"', lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT' }],
] as const) {
  test(`planFor: none for ${what}`, () => {
    assert.equal(planFor({ ...HEAD, ...head }, 4), undefined);
  });
}
