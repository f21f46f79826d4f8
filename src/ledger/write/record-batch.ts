import { isAbsolute, relative, sep } from 'node:path';
import { serialize } from 'node:v8';
import type { Item } from '../../model/item.ts';
import { isDone, type Outcome } from '../../model/outcome.ts';
import { withoutCredentials, withoutUserinfo } from '../../model/without-credentials.ts';
import { slashed } from '../folder.ts';
import { COLUMNS, CONFIRM_VALUES, type RecordValue, STORED_FIELDS } from '../schema.ts';
import type { Mark, TakenRow } from './row-register.ts';

/**
 * What is written at once: the places of rows that were read, the records of those that ended, and loads.
 */
export class RecordBatch {
  /** The values of one record after another: sending an array for each would take twice the time. */
  readonly values: RecordValue[] = [];
  /** The same for rows whose files are in objects that are not published yet, by object. */
  readonly #held = new Map<string, RecordValue[]>();
  /** The objects whose rows are to be recorded now. */
  readonly published: string[] = [];
  /** Where in the list rows are: the numbers of {@link Stretch}es, one after another. */
  readonly places: number[] = [];
  /** How busy the run was: the numbers of {@link Load}s, one after another. */
  readonly loads: number[] = [];
  /** Done rows whose files were found to have the right contents: {@link CONFIRM}'s values, flat. */
  readonly confirmed: RecordValue[] = [];
  /** The marks of the rows that are new in the ledger. */
  readonly marks: Mark[] = [];

  /** The values of the rows that are held for an object. */
  heldFor(object: string): RecordValue[] {
    const values = this.#held.get(object) ?? [];
    this.#held.set(object, values);
    return values;
  }

  /** The values of the rows that are held, serialized: they are not looked at for some time. */
  get held(): Map<string, Uint8Array> {
    return new Map(Array.from(this.#held, ([object, values]) => [object, serialize(values)]));
  }

  /** The number of records, places or loads, whichever is largest. */
  get size(): number {
    const { values, published, places, loads, confirmed } = this;
    let records = values.length;
    for (const held of this.#held.values()) records += held.length;
    return Math.max(
      records / COLUMNS.length,
      published.length,
      places.length / 3,
      loads.length / 3,
      confirmed.length / CONFIRM_VALUES,
    );
  }

  /** Notes that the row with this id is at `index` in the list. */
  see(id: number, index: number): void {
    const { places } = this;
    const at = places.length - 3;
    const [first = 0, last, start = 0] = at < 0 ? [] : places.slice(at);
    if (last === id - 1 && index - start === id - first) places[at + 1] = id;
    else places.push(id, id, index);
  }
}

/** Rows with the ids from `first` to `last` that a run met one after another, from `index` on. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly index: number;
}

/** The stretches that {@link RecordBatch.see} collected. */
export function* stretchesOf(places: readonly number[]): Generator<Stretch, void> {
  for (let at = 0; at < places.length; at += 3) {
    const [first = 0, last = 0, index = 0] = places.slice(at, at + 3);
    yield { first, last, index };
  }
}

/** What the writer's thread has to know. */
export interface WriterThreadData {
  readonly directory: string;
  /** What the paths of files begin with. @default the directory */
  readonly files?: string | undefined;
  readonly run: number;
  /** Whether a row's file may replace that of another row, which then has no file. @default false */
  readonly replaces?: boolean | undefined;
}

/** See RecordBatch. */
export interface Batch {
  readonly values: readonly RecordValue[];
  readonly held: ReadonlyMap<string, Uint8Array>;
  readonly published: readonly string[];
  readonly places: readonly number[];
  readonly loads: readonly number[];
  readonly confirmed: readonly RecordValue[];
}

export type ToWriterThread =
  | ({ readonly type: 'write' } & Batch)
  /** Checkpoint the log, and end. */
  | { readonly type: 'close' };

export type FromWriterThread =
  /** The oldest batch is in the ledger. */
  | { readonly type: 'written' }
  | { readonly type: 'closed' }
  /** Not an Error, which would arrive without its code. */
  | { readonly type: 'failed'; readonly code: number | undefined; readonly message: string };

/** What a record has besides the outcome. */
export interface RecordContext {
  readonly row: Pick<TakenRow, 'id' | 'hash' | 'occurrence'>;
  readonly run: number;
  readonly directory: string;
  /** What the paths of files begin with. @default the directory */
  readonly files?: string | undefined;
}

/** How each field is stored. All have one shape, which V8 reads faster: this is done for every row. */
const FIELDS = STORED_FIELDS.map(({ of, name, type, longest }) => ({
  of,
  isPath: name === 'path' || name === 'duplicateOf',
  longest: longest ?? Number.POSITIVE_INFINITY,
  // More digits would be noise, and take room.
  precision: type === 'ms' ? 1000 : 1,
}));

/**
 * Adds an outcome to `values` as the writer takes it, in the order of `COLUMNS`. No secret gets past
 * here.
 */
export function addRecord(
  values: RecordValue[],
  outcome: Outcome,
  { row, run, directory, files = directory }: RecordContext,
): void {
  values.push(row.id, row.hash, row.occurrence, run);
  for (const { of, isPath, longest, precision } of FIELDS) {
    const value = of(outcome);
    if (value === undefined) values.push(null);
    else if (typeof value === 'number') values.push(Math.round(value * precision) / precision);
    else if (value === true) values.push(1);
    else if (isPath) values.push(within(files, value));
    else values.push(value.length > longest ? value.slice(0, longest).toWellFormed() : value);
  }
  values.push(isDone(outcome.status) ? null : detailsOf(outcome.item));
}

/** Adds the values of {@link CONFIRM} for a row. */
export function addConfirmation(
  values: RecordValue[],
  { item, path, bytes, savedAt }: Outcome,
  { row, directory, files = directory }: RecordContext,
): void {
  const { checksum } = item;
  const checked = checksum === undefined ? null : `${checksum.algorithm}:${checksum.hex}`;
  const file = path === undefined ? null : within(files, path);
  values.push(file, bytes, checked, savedAt ?? null, row.id);
}

/** The details of a row that another try needs, as JSON. Headers may be secrets, so they are not stored. */
function detailsOf({ mirrors, directory, checksum, size, columns }: Item): string | null {
  if (mirrors === undefined && directory === undefined && checksum === undefined) {
    if (size === undefined && columns === undefined) return null;
  }
  return JSON.stringify({
    mirrors: mirrors?.map(withoutCredentials),
    directory,
    checksum,
    size,
    columns: columns && withoutSecrets(columns),
  });
}

/** The columns of a list may have the row's URL again. */
function withoutSecrets(columns: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(columns).map(([name, value]) => [name, withoutUserinfo(value)]);
  return Object.fromEntries(entries);
}

/** `path` relative to `directory`, with slashes on every system. */
function within(directory: string, path: string): string {
  // The usual form, which needs no path arithmetic.
  const inside = path.startsWith(directory) && path[directory.length] === sep;
  if (inside) return slashed(path.slice(directory.length + 1));
  // A sink may give paths that are already relative to the directory.
  return slashed(isAbsolute(path) === isAbsolute(directory) ? relative(directory, path) : path);
}
