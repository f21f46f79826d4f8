import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { beginsFrame, ZstdFrame } from '../../../../src/fetch/body/coding/zstd.ts';
import { propertyRuns } from '../../../support/property-runs.ts';

/** A frame that decoders skip (RFC 8878 section 3.1.2). */
const SKIPPED = Buffer.from('5f2a4d1803000000616263', 'hex');

const frame = fc.oneof(
  fc.constant(SKIPPED),
  fc
    .record({
      length: fc.constantFrom(0, 1, 200, 70_000, 300_000),
      fill: fc.constantFrom('a', 'all work and no play'),
      hasSum: fc.boolean(),
    })
    .map(({ length, fill, hasSum }) =>
      zstdCompressSync(Buffer.alloc(length, fill), {
        params: { [constants.ZSTD_c_checksumFlag]: hasSum ? 1 : 0 },
      }),
    ),
);

test('ZstdFrame: ends where a frame ends, cut anywhere', () => {
  const property = fc.property(frame, fc.integer({ min: 1, max: 9_000 }), (bytes, size) => {
    const behind = Buffer.concat([bytes, Buffer.from('behind')]);
    const read = new ZstdFrame();
    let own = 0;
    for (let at = 0; at < behind.length; at += size) {
      assert.equal(read.isOver, own === bytes.length);
      own += read.read(behind.subarray(at, at + size));
    }
    assert.deepEqual([own, read.isOver], [bytes.length, true]);
  });
  fc.assert(property, propertyRuns(300));
});

test('beginsFrame: recognizes both kinds of frames, by as many bytes as there are', () => {
  for (const whole of [zstdCompressSync('x'), SKIPPED]) {
    for (const length of [1, 2, 3, 4]) assert.equal(beginsFrame(whole.subarray(0, length)), true);
  }
  for (const other of ['g', '(', '(x', 'garb', '\x1f\x8b']) {
    assert.equal(beginsFrame(Buffer.from(other, 'latin1')), other === '(');
  }
});
