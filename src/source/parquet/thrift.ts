/**
 * Thrift's compact protocol, in which Parquet files have their footer and the headers of their pages
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). The reader trusts
 * no size: a list has at most as many elements as there are bytes, and structs are nested only so deep. So
 * a small file cannot claim much memory. hyparquet's own reader allocates what a list claims to have.
 */
import { ParquetError } from './parquet-error.ts';

/** Structs are nested deeper in no Parquet file. */
const DEEPEST = 32;

type ThriftValue = number | boolean | Buffer | ThriftStruct | readonly ThriftValue[];

/** The bytes end within a value. More of them may help. */
export class ThriftEndError extends ParquetError {}

/** A struct's values by the numbers of their fields. A field of another type than expected is damage. */
export class ThriftStruct {
  readonly #fields = new Map<number, ThriftValue>();

  set(id: number, value: ThriftValue): void {
    this.#fields.set(id, value);
  }

  has(id: number): boolean {
    return this.#fields.has(id);
  }

  /** The largest number of a field that is there; 0 for an empty struct. */
  get largest(): number {
    return Math.max(0, ...this.#fields.keys());
  }

  /** @throws ParquetError if the struct has no such number */
  number(id: number): number {
    const value = this.#fields.get(id);
    if (typeof value !== 'number') throw new ParquetError(`a number is missing (field ${id})`);
    return value;
  }

  numberOr<Other>(id: number, other: Other): number | Other {
    return this.#fields.has(id) ? this.number(id) : other;
  }

  /** False if the struct has no such field. */
  flag(id: number, missing = false): boolean {
    const value = this.#fields.get(id);
    return value === undefined ? missing : value === true;
  }

  /** @throws ParquetError if the struct has no such text */
  text(id: number): string {
    const value = this.#fields.get(id);
    if (!Buffer.isBuffer(value)) throw new ParquetError(`a text is missing (field ${id})`);
    return value.toString();
  }

  struct(id: number): ThriftStruct | undefined {
    const value = this.#fields.get(id);
    return value instanceof ThriftStruct ? value : undefined;
  }

  /** @throws ParquetError if the struct has no such list of structs */
  structs(id: number): readonly ThriftStruct[] {
    const value = this.#fields.get(id);
    if (Array.isArray(value) && value.every((one) => one instanceof ThriftStruct)) return value;
    throw new ParquetError(`a list is missing (field ${id})`);
  }

  /** @throws ParquetError if the struct has no such list of texts */
  texts(id: number): readonly string[] {
    const value = this.#fields.get(id);
    if (Array.isArray(value) && value.every((one) => Buffer.isBuffer(one))) {
      return value.map((one) => one.toString());
    }
    throw new ParquetError(`a list is missing (field ${id})`);
  }
}

/** Types of fields and elements. */
const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

/** A list says its size in four bits, or after these. */
const LONG_LIST = 15;

/**
 * Reads a struct from the beginning of `bytes`.
 * @returns the struct, and the number of its bytes
 * @throws ThriftEndError if the bytes end before the struct does; ParquetError for what is no struct
 */
export function readThrift(bytes: Buffer): { readonly value: ThriftStruct; readonly end: number } {
  const reader = new ThriftReader(bytes);
  return { value: reader.struct(0), end: reader.at };
}

class ThriftReader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  struct(depth: number): ThriftStruct {
    if (depth > DEEPEST) throw new ParquetError('structs are nested too deep');
    const struct = new ThriftStruct();
    let id = 0;
    for (;;) {
      const byte = this.#byte();
      const type = byte & 0x0f;
      if (type === STOP) return struct;
      const step = byte >> 4;
      id = step === 0 ? this.#signed() : id + step;
      struct.set(id, type === TRUE || type === FALSE ? type === TRUE : this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
        // An element of a list has a byte; a field has its value in its type.
        return this.#byte() === TRUE;
      case BYTE:
        return this.#byte();
      case I16:
      case I32:
      case I64:
        return this.#signed();
      case DOUBLE:
        return this.#take(8).readDoubleLE();
      case BINARY:
        return this.#take(this.#unsigned());
      case LIST:
      case SET:
        return this.#list(depth);
      case STRUCT:
        return this.struct(depth + 1);
      default:
        throw new ParquetError(`a value of type ${type}, which Parquet does not use`);
    }
  }

  #list(depth: number): ThriftValue[] {
    if (depth > DEEPEST) throw new ParquetError('lists are nested too deep');
    const byte = this.#byte();
    const type = byte & 0x0f;
    const size = byte >> 4 === LONG_LIST ? this.#unsigned() : byte >> 4;
    // Each element has at least one byte.
    if (size > this.#bytes.length - this.at) throw new ThriftEndError('a list ends too early');
    const values: ThriftValue[] = [];
    for (let i = 0; i < size; i++) values.push(this.#value(type, depth + 1));
    return values;
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new ThriftEndError('a value ends too early');
    this.at++;
    return byte;
  }

  #take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.#bytes.length) throw new ThriftEndError('a text ends too early');
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  /** A number in groups of seven bits, lowest first. */
  #unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new ParquetError('a number is too long');
  }

  /** Zigzag: the sign is in the lowest bit. Beyond 2^53 it is not exact; no size of a file is. */
  #signed(): number {
    const value = this.#unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
