import type { Status } from './outcome.ts';

/** Rows that ended in the same way, and one of them. */
export interface RowGroup {
  readonly status: Status;
  /** Undefined for `ok`. */
  readonly reason?: string | undefined;
  readonly rows: number;
  /** The length of their files. */
  readonly bytes: number;
  readonly example: { readonly url: string; readonly message?: string | undefined };
}

/** The rows of one host. */
export interface HostTotals {
  readonly host: string;
  readonly rows: number;
  /** Rows that are neither ok nor skipped. */
  readonly notDone: number;
  /** The length of the files of the others. */
  readonly bytes: number;
}
