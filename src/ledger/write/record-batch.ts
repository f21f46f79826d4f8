import type { Stretch } from '../match/places.ts';
import { COLUMNS, type RecordValue } from '../schema.ts';
import type { Mark } from './row-register.ts';

/** What is written in one go: the rows that were met, and those that ended. */
export class RecordBatch {
  /** The values of one record after another, and not an array for each: it takes half the time to send. */
  readonly values: RecordValue[] = [];
  /** Where in the list rows stand: numbers of {@link Stretch}es, one after another. */
  readonly places: number[] = [];
  /** How busy the run was: the numbers of {@link Load}s, one after another. */
  readonly loads: number[] = [];
  /** The marks of its rows that are new in the ledger. */
  readonly marks: Mark[] = [];

  /** Records in it, places, or loads, whichever are most. */
  get size(): number {
    const { values, places, loads } = this;
    return Math.max(values.length / COLUMNS.length, places.length / 3, loads.length / 3);
  }

  /** The row with this id stands at `index` in the list. */
  see(id: number, index: number): void {
    const { places } = this;
    const at = places.length - 3;
    const [first = 0, last, start = 0] = at < 0 ? [] : places.slice(at);
    if (last === id - 1 && index - start === id - first) places[at + 1] = id;
    else places.push(id, id, index);
  }
}

/** The stretches that {@link RecordBatch.see} put together. */
export function* stretchesOf(places: readonly number[]): Generator<Stretch, void> {
  for (let at = 0; at < places.length; at += 3) {
    const [first = 0, last = 0, index = 0] = places.slice(at, at + 3);
    yield { first, last, index };
  }
}

/** What goes to the ledger's writer, or to the thread that it writes on. */
export interface WriterThreadData {
  readonly directory: string;
  readonly run: number;
  /** Whether a row's file may take the place of another row's: that row has no file then. Default: no. */
  readonly replaces?: boolean | undefined;
}

/** See RecordBatch. */
export interface Batch {
  readonly values: readonly RecordValue[];
  readonly places: readonly number[];
  readonly loads: readonly number[];
}

export type ToWriterThread =
  | ({ readonly type: 'write' } & Batch)
  /** Take the log into the database, and end. */
  | { readonly type: 'close' };

export type FromWriterThread =
  /** The oldest batch is in the ledger. */
  | { readonly type: 'written' }
  | { readonly type: 'closed' }
  /** An Error would arrive without its code. */
  | { readonly type: 'failed'; readonly code: number | undefined; readonly message: string };
