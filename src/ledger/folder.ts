import { existsSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { errorCode } from '../model/error-code.ts';
import { messageOf } from '../model/error-words.ts';
import { brokenLedger } from './database-errors.ts';

/** The ledger's own folder within the directory of a run. */
function ledgerFolder(directory: string): string {
  return join(directory, '.flaghoist');
}

/** Where parts of files are kept for later runs. */
export function partsFolder(directory: string): string {
  return join(ledgerFolder(directory), 'parts');
}

/** Where uploads that are under way are noted for later runs. */
export function uploadsFolder(directory: string): string {
  return join(ledgerFolder(directory), 'uploads');
}

export function ledgerPath(directory: string): string {
  return join(ledgerFolder(directory), 'ledger.db');
}

/** The file that names the shard whose rows are being recorded. */
export function noticePath(directory: string): string {
  return join(ledgerFolder(directory), 'unpublished');
}

/** The empty database that is locked while a run uses the directory. */
export function lockPath(directory: string): string {
  return join(ledgerFolder(directory), 'lock.db');
}

/** A path as the ledger stores it: with slashes on every system. */
export function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

/** The file that stands where `path` needs a directory. */
function fileAbove(path: string): string | undefined {
  for (let above = dirname(path); ; above = dirname(above)) {
    if (existsSync(above)) return above;
    if (above === dirname(above)) return undefined;
  }
}

/** Creates the ledger's folder where it is missing. @throws BrokenRunError, also for a link to one */
export function createFolder(directory: string): void {
  const folder = ledgerFolder(directory);
  let found: Stats;
  try {
    makeDirectory(folder);
    found = lstatSync(folder);
  } catch (cause) {
    const file = errorCode(cause) === 'ENOTDIR' ? fileAbove(folder) : undefined;
    const why =
      file === undefined
        ? messageOf(cause)
        : `${file} is a file, and a directory is needed; choose another`;
    throw new BrokenRunError(`cannot create the ledger's folder ${folder}: ${why}`, { cause });
  }
  if (found.isSymbolicLink()) {
    throw new BrokenRunError(
      `the ledger's folder ${folder} is a link: nothing is written through it`,
    );
  }
  if (!found.isDirectory()) {
    throw new BrokenRunError(
      `cannot create the ledger's folder ${folder}: a file is in its place; move it away, or run with --no-ledger`,
    );
  }
}

/** Makes one level at a time: a recursive mkdir reports ENOENT for any failure. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another run may have made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}

/** The endings of the files that SQLite keeps for a database. */
const BESIDE = ['', '-wal', '-shm', '-journal'];

/**
 * Makes sure that the ledger, and what a run keeps beside it, are within the directory. SQLite follows links,
 * which may lead to a file of the user's, or have it create one elsewhere. In a folder that is a link, a
 * run would write, and remove files that look like its own.
 * @throws BrokenRunError for a link, a hard link, and anything but an ordinary file or folder
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
  checkFile(noticePath(directory));
  for (const folder of [partsFolder(directory), uploadsFolder(directory)]) {
    const stats = statsOf(folder);
    if (stats !== undefined && !stats.isDirectory()) {
      throw refused(folder, 'the folder', 'a link or a file: nothing is written there; remove it');
    }
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

/** The stats of a row's file, or of what a link there leads to; undefined when nothing is there. */
export function statsOfFile(path: string): Stats | undefined {
  try {
    // Synchronous: for each of perhaps a million rows, waiting for a promise takes longer.
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A file where a folder was, a folder that may not be read: the download will say what is wrong.
    return undefined;
  }
}
