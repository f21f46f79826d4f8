import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf } from '../model/error-words.ts';

/** Primary result codes (https://sqlite.org/rescode.html). */
const CODE = { busy: 5, readonly: 8, io: 10, corrupt: 11, full: 13, cantOpen: 14, notDb: 26 };

/** Advice for the errors that have a remedy, in words that follow `the ledger PATH `. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [CODE.busy, 'is locked by another program; end that one and try again'],
  [CODE.readonly, 'may not be written to; change its permissions, or run with --no-ledger'],
  [CODE.io, 'cannot be read or written (I/O error); look after the disk, or run with --no-ledger'],
  [
    CODE.corrupt,
    'is damaged; restore it, or move it away and run again with --on-collision skip: files that are there are whole',
  ],
  [CODE.full, 'cannot be written: the disk is full; make room and run the same command again'],
  [CODE.cantOpen, 'cannot be opened; check the permissions of its folder, or run with --no-ledger'],
  [
    CODE.notDb,
    'is no ledger: not a database; move it away and run again with --on-collision skip: files that are there are whole',
  ],
]);

/** The primary result code of an error of node:sqlite; undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === CODE.busy;
}

/** The error that ends the run because of `error`: one line that says which file, and what to do. */
export function brokenLedger(path: string, error: unknown): BrokenRunError {
  if (error instanceof BrokenRunError) return error;
  return new BrokenRunError(adviceFor(path, resultCode(error), messageOf(error)), { cause: error });
}

/** The message for a result code; with `message` where there is no advice for the code. */
export function adviceFor(path: string, code: number | undefined, message: string): string {
  const advice = code === undefined ? undefined : ADVICE.get(code);
  return advice === undefined
    ? `the ledger ${path} cannot be used: ${message}`
    : `the ledger ${path} ${advice}`;
}
