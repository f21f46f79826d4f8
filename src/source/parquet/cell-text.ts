import { isUtf8 } from 'node:buffer';
import { BadValue } from '../bad-value.ts';
import { MAX_LINE_BYTES } from '../line-splitter.ts';
import type { CellType, Unit } from './cell-type.ts';

/** A value as it is stored: what hyparquet decodes pages to. */
export type StoredValue = Uint8Array | number | bigint | boolean;

/** A value as text; null where there is no value; a BadValue where it cannot be text. */
export type Cell = string | null | BadValue;

const DAY = 86_400_000;

/** No decimal has more digits than these bytes (38 digits need 16). */
const LONGEST_DECIMAL = 64;

/** 1970-01-01 as a Julian day, by which INT96 counts. */
const EPOCH_JULIAN = 2_440_588n;

const NANOS_OF_DAY = 86_400_000_000_000n;

/**
 * Writes values of a type as a reader of the table expects to see them.
 * @param isDigest whether bytes that are no text are those of a checksum, which is written in hex
 */
export function cellWriter(type: CellType, isDigest = false): (value: StoredValue) => Cell {
  switch (type.is) {
    case 'text':
      return (value) => (value instanceof Uint8Array ? textOf(value, isDigest) : String(value));
    case 'bytes':
      return (value) => (value instanceof Uint8Array ? textOf(value, true) : String(value));
    case 'integer':
    case 'double':
    case 'boolean':
      return String;
    case 'float':
      return (value) => shortest(Number(value));
    case 'float16':
      return (value) => (value instanceof Uint8Array ? shortest(halfOf(value)) : String(value));
    case 'unsigned':
      return type.bits === 32
        ? (value) => String(Number(value) >>> 0)
        : (value) => String(BigInt.asUintN(64, BigInt(value as bigint)));
    case 'decimal':
      return (value) => decimalOf(value, type.scale);
    case 'date':
      return (value) => isoOf(Number(value) * DAY, String(value)).replace(/T.*/, '');
    case 'time':
      return (value) => timeOf(BigInt(value as bigint), type.unit);
    case 'timestamp':
      return (value) => timestampOf(BigInt(value as bigint), type.unit, type.isUtc);
    case 'julian':
      return (value) => timestampOf(nanosOf(BigInt(value as bigint)), 1_000_000_000, true);
    case 'uuid':
      return (value) => (value instanceof Uint8Array ? uuidOf(value) : String(value));
  }
}

/**
 * Many writers do not mark text as such, so bytes are text if they are UTF-8. Fixed bytes that are not,
 * such as those of a digest, are written in hex.
 */
function textOf(bytes: Uint8Array, isFixed = false): string | BadValue {
  const { length } = bytes;
  if (length > MAX_LINE_BYTES) return new BadValue(`is longer than ${MAX_LINE_BYTES} bytes`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  if (isUtf8(buffer)) return buffer.toString();
  return isFixed ? buffer.toString('hex') : new BadValue('is binary, not UTF-8 text');
}

/** The fewest digits that give the same number in 32 bits: 0.1, not 0.10000000149011612. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** IEEE 754, binary16. */
function halfOf([low = 0, high = 0]: Uint8Array): number {
  const sign = high & 0x80 ? -1 : 1;
  const exponent = (high >> 2) & 0x1f;
  const fraction = ((high & 3) << 8) | low;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/** The exact value of a decimal: its digits, with `scale` of them after the point. */
function decimalOf(value: StoredValue, scale: number): string | BadValue {
  if (value instanceof Uint8Array && value.length > LONGEST_DECIMAL) {
    return new BadValue(`is a decimal of ${value.length} bytes`);
  }
  const unscaled = value instanceof Uint8Array ? signedOf(value) : BigInt(value);
  if (scale <= 0 || scale > LONGEST_DECIMAL * 3) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Big-endian, in two's complement. */
function signedOf(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const hex = Buffer.from(bytes).toString('hex');
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

/** @param otherwise for a time that no Date can have */
function isoOf(ms: number, otherwise: string): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? otherwise : date.toISOString();
}

function timestampOf(value: bigint, unit: Unit, isUtc: boolean): string {
  const perSecond = BigInt(unit);
  const seconds = floorDivide(value, perSecond);
  const iso = isoOf(Number(seconds) * 1000, '');
  if (iso === '') return String(value);
  const fraction = fractionOf(value - seconds * perSecond, unit);
  return `${iso.slice(0, iso.indexOf('.'))}${fraction}${isUtc ? 'Z' : ''}`;
}

function timeOf(value: bigint, unit: Unit): string {
  const perSecond = BigInt(unit);
  const seconds = floorDivide(value, perSecond);
  const iso = isoOf(Number(seconds) * 1000, '');
  if (iso === '') return String(value);
  const clock = iso.slice(iso.indexOf('T') + 1, iso.indexOf('.'));
  return `${clock}${fractionOf(value - seconds * perSecond, unit)}`;
}

/** `.25`; empty for a whole second. */
function fractionOf(part: bigint, unit: Unit): string {
  if (part === 0n) return '';
  const digits = String(part).padStart(Math.log10(unit), '0');
  return `.${digits.replace(/0+$/, '')}`;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

/** INT96, as Spark and Impala wrote timestamps: nanoseconds in 64 bits, then the Julian day. */
function nanosOf(value: bigint): bigint {
  const day = value >> 64n;
  return (day - EPOCH_JULIAN) * NANOS_OF_DAY + BigInt.asUintN(64, value);
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
