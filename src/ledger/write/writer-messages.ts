/** What goes between the ledger's writer and the thread that it writes on. */
import type { RecordValue } from '../schema.ts';

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
