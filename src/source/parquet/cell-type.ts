import type { ParquetType } from 'hyparquet';
import type { ThriftStruct } from './thrift.ts';

/** A unit of times and timestamps: how many of it a second has. */
export type Unit = 1_000 | 1_000_000 | 1_000_000_000;

/** What the values of a column stand for, and so how they become text. */
export type CellType =
  | { readonly is: 'text' | 'integer' | 'float' | 'double' | 'boolean' | 'date' | 'uuid' }
  /** Bytes of a fixed number, such as a digest. */
  | { readonly is: 'bytes' | 'float16' | 'julian' }
  | { readonly is: 'unsigned'; readonly bits: 32 | 64 }
  | { readonly is: 'decimal'; readonly scale: number }
  | { readonly is: 'time'; readonly unit: Unit }
  | { readonly is: 'timestamp'; readonly unit: Unit; readonly isUtc: boolean };

/** Fields of SchemaElement, and the numbers of its enum ConvertedType (parquet.thrift). */
const CONVERTED_TYPE = 6;
const SCALE = 7;
const LOGICAL_TYPE = 10;

const DECIMAL = 5;
const CONVERTED: Readonly<Record<number, CellType>> = {
  6: { is: 'date' },
  7: { is: 'time', unit: 1_000 },
  8: { is: 'time', unit: 1_000_000 },
  9: { is: 'timestamp', unit: 1_000, isUtc: true },
  10: { is: 'timestamp', unit: 1_000_000, isUtc: true },
  11: { is: 'unsigned', bits: 32 },
  12: { is: 'unsigned', bits: 32 },
  13: { is: 'unsigned', bits: 32 },
  14: { is: 'unsigned', bits: 64 },
};

/** BSON and INTERVAL, which are no text. */
const CONVERTED_TO_NONE = [20, 21];

/** Fields of the union LogicalType. */
const LOGICAL = {
  decimal: 5,
  date: 6,
  time: 7,
  timestamp: 8,
  integer: 10,
  bson: 13,
  uuid: 14,
  float16: 15,
} as const;

/** Variant, geometry, geography and what comes later. */
const FIRST_UNKNOWN = 16;

/** Fields of TimeUnit, in the order of its units. */
const UNITS: readonly Unit[] = [1_000, 1_000_000, 1_000_000_000];

/**
 * What the values of a column stand for.
 * @param struct the column's SchemaElement
 * @param stored how values are stored
 * @returns undefined for a type that is no text
 */
export function cellTypeOf(
  struct: ThriftStruct,
  stored: ParquetType | undefined,
): CellType | undefined {
  const logical = struct.struct(LOGICAL_TYPE);
  if (logical !== undefined) {
    const type = logicalType(logical, stored);
    if (type !== 'plain') return type;
  }
  const converted = struct.numberOr(CONVERTED_TYPE, undefined);
  if (converted === DECIMAL) return { is: 'decimal', scale: struct.numberOr(SCALE, 0) };
  if (converted !== undefined && CONVERTED_TO_NONE.includes(converted)) return undefined;
  return (converted === undefined ? undefined : CONVERTED[converted]) ?? plainType(stored);
}

/** @returns `plain` for a type that changes nothing: a string, an enum, JSON, a signed integer */
function logicalType(
  logical: ThriftStruct,
  stored: ParquetType | undefined,
): CellType | undefined | 'plain' {
  const decimal = logical.struct(LOGICAL.decimal);
  if (decimal !== undefined) return { is: 'decimal', scale: decimal.numberOr(1, 0) };
  if (logical.has(LOGICAL.date)) return { is: 'date' };
  const time = logical.struct(LOGICAL.time);
  if (time !== undefined) return { is: 'time', unit: unitOf(time) };
  const timestamp = logical.struct(LOGICAL.timestamp);
  if (timestamp !== undefined) {
    return { is: 'timestamp', unit: unitOf(timestamp), isUtc: timestamp.flag(1, true) };
  }
  const integer = logical.struct(LOGICAL.integer);
  if (integer !== undefined && !integer.flag(2, true)) {
    return { is: 'unsigned', bits: stored === 'INT64' ? 64 : 32 };
  }
  if (logical.has(LOGICAL.uuid)) return { is: 'uuid' };
  if (logical.has(LOGICAL.float16)) return { is: 'float16' };
  const isUnknown = logical.has(LOGICAL.bson) || logical.largest >= FIRST_UNKNOWN;
  return isUnknown ? undefined : 'plain';
}

function unitOf(of: ThriftStruct): Unit {
  const unit = of.struct(2);
  return UNITS.find((_, index) => unit?.has(index + 1)) ?? 1_000_000;
}

function plainType(stored: ParquetType | undefined): CellType | undefined {
  switch (stored) {
    case 'BYTE_ARRAY':
      return { is: 'text' };
    case 'FIXED_LEN_BYTE_ARRAY':
      return { is: 'bytes' };
    case 'BOOLEAN':
      return { is: 'boolean' };
    case 'INT32':
    case 'INT64':
      return { is: 'integer' };
    case 'INT96':
      return { is: 'julian' };
    case 'FLOAT':
      return { is: 'float' };
    case 'DOUBLE':
      return { is: 'double' };
    default:
      return undefined;
  }
}
