import type { Stretch } from '../match/places.ts';
import { COLUMNS, type RecordValue } from '../schema.ts';
import type { Mark } from './row-register.ts';

/**
 * What is written at once: the places of rows that were read, the records of those that ended, and loads.
 */
export class RecordBatch {
  /** The values of one record after another: sending an array for each would take twice the time. */
  readonly values: RecordValue[] = [];
  /** Where in the list rows are: the numbers of {@link Stretch}es, one after another. */
  readonly places: number[] = [];
  /** How busy the run was: the numbers of {@link Load}s, one after another. */
  readonly loads: number[] = [];
  /** The marks of the rows that are new in the ledger. */
  readonly marks: Mark[] = [];

  /** The number of records, places or loads, whichever is largest. */
  get size(): number {
    const { values, places, loads } = this;
    return Math.max(values.length / COLUMNS.length, places.length / 3, loads.length / 3);
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
  readonly run: number;
  /** Whether a row's file may replace that of another row, which then has no file. @default false */
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
  /** Checkpoint the log, and end. */
  | { readonly type: 'close' };

export type FromWriterThread =
  /** The oldest batch is in the ledger. */
  | { readonly type: 'written' }
  | { readonly type: 'closed' }
  /** Not an Error, which would arrive without its code. */
  | { readonly type: 'failed'; readonly code: number | undefined; readonly message: string };
