import { DatabaseSync } from 'node:sqlite';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { brokenLedger, isBusy } from './database-errors.ts';
import { checkOwnFiles, lockPath } from './folder.ts';

/** In ms. Long enough for a `status` that looks whether somebody holds the lock to be gone again. */
const PATIENCE = 500;

/**
 * A directory is for one run at a time. The lock is SQLite's exclusive lock on an empty database
 * beside the ledger: the system frees it when the process ends, however it does, and SQLite knows
 * how to lock files on every system. The ledger itself stays free for those who read.
 */
export class DirectoryLock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws BrokenRunError when another run, of any process, has it */
  static acquire(directory: string): DirectoryLock {
    const path = lockPath(directory);
    checkOwnFiles(directory);
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { timeout: PATIENCE });
      database.exec('BEGIN EXCLUSIVE');
      return new DirectoryLock(database);
    } catch (error) {
      database?.close();
      if (!isBusy(error)) throw brokenLedger(path, error);
      throw new BrokenRunError(
        `another run is using ${directory}; wait until it has ended, or stop it`,
        { cause: error },
      );
    }
  }

  /** Whether a run is using `directory` now. */
  static isHeld(directory: string): boolean {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(lockPath(directory), { readOnly: true });
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return false;
    } catch (error) {
      // Any other: no lock file, or one that we may not read. Then nobody we know of holds it.
      return isBusy(error);
    } finally {
      database?.close();
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
