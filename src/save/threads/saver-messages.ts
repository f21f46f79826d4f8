/** The messages between a run and the threads that save its small files. */

/** A batch of files to save, in order. */
export interface FilesToSave {
  /** Their bodies, one after another. The run does not write to this memory until the answer. */
  readonly bodies: SharedArrayBuffer;
  /** Their lengths in bytes. */
  readonly sizes: readonly number[];
  /** For each its temporary path, final path and `NamingStep`, joined by NUL, since one string is cheap to send. */
  readonly paths: string;
  /** The time that each gets, in seconds since the epoch; NaN leaves it that of its creation. */
  readonly times: Float64Array;
  /** Whether each is synced to the disk before it gets its name. */
  readonly durable: boolean;
}

/** The files of a batch that could not be saved. The batches are answered in the order they were sent. */
export type SaveFailures = readonly SaveFailure[];

/** An Error would lose its code on the way. */
export interface SaveFailure {
  /** The file's position in the batch, from 0. */
  readonly position: number;
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}

/** No path contains it. */
export const BETWEEN_PATHS = '\0';

/** The system call that failed with this error, such as `link`. */
export function syscallOf(error: unknown): string | undefined {
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  return typeof syscall === 'string' ? syscall : undefined;
}
