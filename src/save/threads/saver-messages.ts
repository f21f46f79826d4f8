/** What goes between a run and the threads that save its small files. */

/** Files to save, in order. */
export interface FilesToSave {
  /** Their bodies, one behind the other. Shared, not copied: nobody writes to it until the answer. */
  readonly bodies: SharedArrayBuffer;
  /** Their lengths, in bytes. */
  readonly sizes: readonly number[];
  /** For each file its temporary path, its own, and a {@link Step}, all joined by NUL: one string to send. */
  readonly paths: string;
  /** For each the time that it is to have, in seconds since the epoch; NaN for that of its making. */
  readonly times: Float64Array;
  /** Whether each is synced to the disk before it gets its name. */
  readonly durable: boolean;
}

/** Of a batch that is done, oldest first: those that are not saved. */
export type SaveFailures = readonly SaveFailure[];

/** An Error would arrive without its code. */
export interface SaveFailure {
  /** Which file of the batch, from 0. */
  readonly position: number;
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}

/** How a file gets its name, once it is written; `none` when that is left to the run's thread. */
export type Step = 'link' | 'rename' | 'none';

/** Stands in no path. */
export const BETWEEN_PATHS = '\0';
