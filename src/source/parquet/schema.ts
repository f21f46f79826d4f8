import type { ParquetType } from 'hyparquet';
import { type CellType, cellTypeOf } from './cell-type.ts';
import { ParquetError } from './parquet-error.ts';
import type { ThriftStruct } from './thrift.ts';

/** A column of a Parquet file: a value or null for each row, or lists and the like, which are not read. */
export interface ParquetColumn {
  /** Its name; within a group `group.name`. */
  readonly name: string;
  /** Its place among the columns that have values. */
  readonly index: number;
  /** How its values become text; undefined for lists, maps, and types that are no text. */
  readonly type: CellType | undefined;
  /** What its values are if they are no text, in messages: `a list or a map`. */
  readonly what: string;
  /** How values are stored. Groups have none. */
  readonly stored: ParquetType | undefined;
  /** Of fixed bytes. */
  readonly length: number | undefined;
  /** The level of a value that is there. A lower level is null, of the column or of a group above. */
  readonly maxLevel: number;
}

/** Groups are nested deeper in no table. */
const DEEPEST = 64;

/** Fields of the struct SchemaElement (parquet.thrift in apache/parquet-format). */
const TYPE = 1;
const TYPE_LENGTH = 2;
const REPETITION = 3;
const NAME = 4;
const CHILDREN = 5;

const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const satisfies readonly ParquetType[];
const REPETITIONS = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;

/**
 * The columns of a schema. A group such as a struct is a column too, which has no text.
 * @param elements the schema of a footer: a tree, each group before its children
 * @throws ParquetError
 */
export function columnsOf(elements: readonly ThriftStruct[]): ParquetColumn[] {
  const [root] = elements;
  if (root === undefined) throw new ParquetError('there is no schema');
  return new SchemaReader(elements).read(root);
}

class SchemaReader {
  readonly #elements: readonly ThriftStruct[];
  readonly #columns: ParquetColumn[] = [];
  #next = 1;
  #leaves = 0;

  constructor(elements: readonly ThriftStruct[]) {
    this.#elements = elements;
  }

  read(root: ThriftStruct): ParquetColumn[] {
    const start: Place = { prefix: '', depth: 0, maxLevel: 0, isRepeated: false };
    for (let i = root.numberOr(CHILDREN, 0); i > 0; i--) this.#readNext(start);
    return this.#columns;
  }

  #readNext({ prefix, depth, maxLevel: above, isRepeated }: Place): void {
    const struct = this.#elements[this.#next++];
    if (struct === undefined || depth > DEEPEST) throw new ParquetError('the schema is cut off');
    const name = prefix + struct.text(NAME);
    const repetition = REPETITIONS[struct.numberOr(REPETITION, 0)];
    const isList = isRepeated || repetition === 'REPEATED';
    const maxLevel = above + (repetition === 'REQUIRED' ? 0 : 1);
    const children = struct.numberOr(CHILDREN, 0);
    const stored = children > 0 ? undefined : PHYSICAL_TYPES[struct.numberOr(TYPE, -1)];
    const column = {
      name,
      index: this.#leaves,
      type: isList || children > 0 ? undefined : cellTypeOf(struct, stored),
      what: isList || isListLike(this.#elements[this.#next], children) ? LISTS : NESTED,
      stored,
      length: struct.numberOr(TYPE_LENGTH, undefined),
      maxLevel,
    };
    // The parts of a list are no columns that a user knows.
    if (!isRepeated && (depth === 0 || repetition !== 'REPEATED')) this.#columns.push(column);
    if (children === 0) this.#leaves++;
    const below = { prefix: `${name}.`, depth: depth + 1, maxLevel, isRepeated: isList };
    for (let i = children; i > 0; i--) this.#readNext(below);
  }
}

const LISTS = 'a list or a map';
const NESTED = 'nested or binary';

/** What an element of the schema is in. */
interface Place {
  readonly prefix: string;
  readonly depth: number;
  readonly maxLevel: number;
  /** Whether it is part of a list or a map. */
  readonly isRepeated: boolean;
}

/** Whether a group with that first child is a list or a map. */
function isListLike(first: ThriftStruct | undefined, children: number): boolean {
  return children === 1 && REPETITIONS[first?.numberOr(REPETITION, 0) ?? 0] === 'REPEATED';
}
