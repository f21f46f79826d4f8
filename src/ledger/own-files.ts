import { lstatSync, type Stats } from 'node:fs';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { brokenLedger } from './database-errors.ts';
import { ledgerFolder, ledgerPath, lockPath } from './paths.ts';

/** What SQLite keeps beside a database. */
const BESIDE = ['', '-wal', '-shm', '-journal'];

/**
 * Makes sure that what SQLite opens is within the directory: it follows links, and what they lead to
 * may be a file of the user's, or one that is not there yet.
 * @throws BrokenRunError for a link, a hard link, and for what is no ordinary file
 */
export function checkOwnFiles(directory: string): void {
  if (statsOf(ledgerFolder(directory))?.isSymbolicLink()) {
    throw refused(
      ledgerFolder(directory),
      "the ledger's folder",
      'a link: nothing is written through it',
    );
  }
  for (const database of [ledgerPath(directory), lockPath(directory)]) {
    for (const ending of BESIDE) checkFile(database + ending);
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw brokenLedger(path, error);
  }
}

function checkFile(path: string): void {
  const stats = statsOf(path);
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) {
    throw refused(path, 'the ledger', 'a link: nothing is written through it; remove the link');
  }
  if (!stats.isFile()) {
    throw refused(path, 'the ledger', 'no file: move it away, or run with --no-ledger');
  }
  if (stats.nlink > 1) {
    throw refused(
      path,
      'the ledger',
      'a file with another name (a hard link), which would be written to as well; put a copy in its place',
    );
  }
}

function refused(path: string, what: string, why: string): BrokenRunError {
  return new BrokenRunError(`${what} ${path} is ${why}`);
}
