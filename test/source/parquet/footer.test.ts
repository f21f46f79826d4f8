import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BrokenRunError } from '../../../src/model/broken-run-error.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { fileOf, parquetOf, rowsIn } from './parquet-file.ts';

const WHOLE = parquetOf(
  [
    { name: 'url', data: Array.from({ length: 40 }, (_, i) => `http://a/${i % 9}`) },
    { name: 'id', data: Array.from({ length: 40 }, (_, i) => (i % 3 ? BigInt(i) : null)) },
  ],
  { rowGroupSize: 15 },
);

/** WHOLE with its last bytes replaced. */
function endingIn(...bytes: number[]): Buffer {
  return Buffer.concat([WHOLE.subarray(0, -bytes.length), Buffer.from(bytes)]);
}

/** A file whose footer consists of these bytes. */
function withFooter(footer: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')]);
}

const NESTED_LISTS = Buffer.alloc(10_000);
for (let at = 0; at < NESTED_LISTS.length; at += 5)
  NESTED_LISTS.set([0xf9, 0xff, 0xff, 0x7f, 0x09], at);

const PAR1 = [0x50, 0x41, 0x52, 0x31];
const CUT_OFF =
  'is cut off, or still being written: a Parquet file ends with PAR1, and this one does not';

for (const [name, content, message] of [
  ['cut.parquet', WHOLE.subarray(0, -9), CUT_OFF],
  ['short.parquet', WHOLE.subarray(0, 9), CUT_OFF],
  [
    'PARE.parquet',
    endingIn(0x50, 0x41, 0x52, 0x45),
    'is encrypted, and cannot be read: decrypt it first',
  ],
  [
    'PARE-both.parquet',
    Buffer.concat([Buffer.from('PARE'), WHOLE.subarray(4)]),
    'is encrypted, and cannot be read: decrypt it first',
  ],
  [
    'length.parquet',
    endingIn(0xff, 0xff, 0xff, 0x7f, ...PAR1),
    `is damaged: its footer should have 2147483647 bytes, and the file has ${WHOLE.length}`,
  ],
  [
    'zeros.parquet',
    withFooter(Buffer.alloc(100)),
    'is damaged: its footer makes no sense (a list is missing (field 4))',
  ],
  [
    'lists.parquet',
    withFooter(Buffer.concat([Buffer.from([0x19]), NESTED_LISTS])),
    'is damaged: its footer makes no sense (a list ends too early)',
  ],
  [
    'structs.parquet',
    withFooter(Buffer.alloc(5_000, 0x1c)),
    'is damaged: its footer makes no sense (structs are nested too deep)',
  ],
  [
    'list.parquet.gz',
    gzipSync(WHOLE),
    'is gzipped, which Parquet files are not: unpack it first, by gunzip',
  ],
  [
    'text.parquet',
    Buffer.from('http://a/1\n'),
    'is no Parquet file: it does not begin with PAR1; --format says what is in it otherwise',
  ],
  ['empty.parquet', Buffer.alloc(0), 'is empty: there is no row in it'],
] as const) {
  test(`readFooter: ${name} is one line`, async (t) => {
    const path = await fileOf(t, name, content);
    await assert.rejects(rowsIn(path), (error) => {
      assert.ok(error instanceof BrokenRunError);
      assert.equal(error.message, `${path}: ${message}`);
      return true;
    });
  });
}

test('readFooter: damage in a page is one line with the place', async (t) => {
  const damaged = Buffer.from(WHOLE);
  // The values of the first page.
  damaged.fill(0xff, 60, 90);
  const path = await fileOf(t, 'x.parquet', damaged);
  await assert.rejects(rowsIn(path), {
    message: /^.*x\.parquet: cannot be read in row group \d of 3, column "(?:url|id)": [a-z ]+/,
  });
});

test('readFooter: whatever is damaged, the rows or one line come soon', async (t) => {
  const change = fc.tuple(fc.nat(WHOLE.length - 5), fc.nat(255));
  const changes = fc.array(change, { minLength: 1, maxLength: 6 });
  const path = await fileOf(t, 'x.parquet', WHOLE);
  await fc.assert(
    fc.asyncProperty(changes, async (some) => {
      const content = Buffer.from(WHOLE);
      for (const [at, byte] of some) content[at] = byte;
      await writeFile(path, content);
      try {
        await rowsIn(path);
      } catch (error) {
        assert.ok(error instanceof BrokenRunError, String(error));
        assert.match(error.message, /^[^\n]{10,500}$/);
      }
    }),
    propertyRuns(150),
  );
});
