import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readThrift, ThriftEndError } from '../../../src/source/parquet/thrift.ts';

test('readThrift: fields of each type, and where the struct ends', () => {
  // 1: true, 2: i32 -3, 3: i64 300, 4: "ab", 6: list of two i32, 7: struct { 1: false }, stop.
  const bytes = [
    0x11, 0x15, 5, 0x16, 0xd8, 0x04, 0x18, 2, 97, 98, 0x29, 0x25, 2, 4, 0x1c, 0x12, 0, 0,
  ];
  const { value, end } = readThrift(Buffer.from([...bytes, 99]));
  assert.equal(end, bytes.length);
  assert.deepEqual([value.flag(1), value.number(2), value.number(3)], [true, -3, 300]);
  assert.deepEqual(
    [value.text(4), value.has(5), value.struct(7)?.flag(1, true)],
    ['ab', false, false],
  );
  assert.throws(() => value.structs(6), { message: 'a list is missing (field 6)' });
  assert.throws(() => value.number(4), { message: 'a number is missing (field 4)' });
});

test('readThrift: what ends early may go on', () => {
  for (const bytes of [[], [0x15], [0x18, 5, 97], [0x19, 0x45, 2], [0x15, 0x80]]) {
    assert.throws(() => readThrift(Buffer.from(bytes)), ThriftEndError);
  }
});

test('readThrift: a claim is no reason to take memory', () => {
  const list = [0x19, 0xf9, 0xff, 0xff, 0xff, 0x7f];
  assert.throws(() => readThrift(Buffer.from(list)), { message: 'a list ends too early' });
  const number = [0x15, ...new Array<number>(12).fill(0xff)];
  assert.throws(() => readThrift(Buffer.from(number)), { message: 'a number is too long' });
  const structs = Buffer.alloc(100_000, 0x1c);
  assert.throws(() => readThrift(structs), { message: 'structs are nested too deep' });
  const lists = Buffer.alloc(1_000, 0x19);
  assert.throws(() => readThrift(lists), { message: /^lists are nested too deep|ends too early$/ });
});
