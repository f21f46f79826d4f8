import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadValue } from '../../../src/source/bad-value.ts';
import { cellWriter, type StoredValue } from '../../../src/source/parquet/cell-text.ts';
import type { CellType } from '../../../src/source/parquet/cell-type.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

const CASES: ReadonlyArray<readonly [CellType, StoredValue, string]> = [
  [{ is: 'text' }, new TextEncoder().encode('é'), 'é'],
  [{ is: 'bytes' }, bytes(0xff, 0x00), 'ff00'],
  [{ is: 'integer' }, -5, '-5'],
  [{ is: 'integer' }, 2n ** 62n, '4611686018427387904'],
  [{ is: 'unsigned', bits: 32 }, -1, '4294967295'],
  [{ is: 'unsigned', bits: 64 }, -1n, '18446744073709551615'],
  [{ is: 'double' }, 3, '3'],
  [{ is: 'double' }, 0.1, '0.1'],
  [{ is: 'float' }, Math.fround(0.1), '0.1'],
  [{ is: 'float' }, Math.fround(1 / 3), '0.33333334'],
  [{ is: 'float' }, Number.NaN, 'NaN'],
  [{ is: 'float16' }, bytes(0x00, 0xc2), '-3'],
  [{ is: 'boolean' }, true, 'true'],
  [{ is: 'decimal', scale: 2 }, -5, '-0.05'],
  [{ is: 'decimal', scale: 0 }, 12n, '12'],
  [{ is: 'decimal', scale: 3 }, bytes(0xff, 0x85), '-0.123'],
  [{ is: 'decimal', scale: 10 }, 10n ** 37n, '1000000000000000000000000000.0000000000'],
  [{ is: 'date' }, -1, '1969-12-31'],
  [{ is: 'date' }, 2 ** 31 - 1, '2147483647'],
  [{ is: 'time', unit: 1_000 }, 3_723_500, '01:02:03.5'],
  [{ is: 'timestamp', unit: 1_000, isUtc: true }, -1n, '1969-12-31T23:59:59.999Z'],
  [{ is: 'timestamp', unit: 1_000_000, isUtc: false }, 1_000_000n, '1970-01-01T00:00:01'],
  [
    { is: 'timestamp', unit: 1_000_000_000, isUtc: true },
    1_700_000_000_000_000_001n,
    '2023-11-14T22:13:20.000000001Z',
  ],
  [{ is: 'julian' }, (2_440_589n << 64n) | 5_000_000_000n, '1970-01-02T00:00:05Z'],
  [
    { is: 'uuid' },
    bytes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    '00010203-0405-0607-0809-0a0b0c0d0e0f',
  ],
];

for (const [type, value, text] of CASES) {
  test(`cellWriter: ${type.is} ${text}`, () => assert.equal(cellWriter(type)(value), text));
}

test('cellWriter: what is no text', () => {
  const binary = cellWriter({ is: 'text' })(bytes(0xff));
  assert.ok(binary instanceof BadValue);
  assert.equal(cellWriter({ is: 'text' }, true)(bytes(0xff)), 'ff');
  const long = cellWriter({ is: 'text' })(new Uint8Array(2 ** 20 + 1));
  assert.ok(long instanceof BadValue && long.message === 'is longer than 1048576 bytes');
  const decimal = cellWriter({ is: 'decimal', scale: 0 })(new Uint8Array(1_000_000));
  assert.ok(decimal instanceof BadValue);
});
