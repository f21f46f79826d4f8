/** The messages between a run and the thread that writes its ledger. */
import type { RecordValue } from '../schema.ts';

/** What the writer's thread has to know. */
export interface WriterThreadData {
  readonly directory: string;
  /** What the paths of files begin with. @default the directory */
  readonly files?: string | undefined;
  readonly run: number;
  /** Whether a row's file may replace that of another row, which then has no file. @default false */
  readonly replaces?: boolean | undefined;
}

/** What is written at once; `RecordBatch` says what is in it. */
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
