import { DatabaseSync } from 'node:sqlite';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { brokenLedger, isBusy } from './database-errors.ts';
import { checkOwnFiles, lockPath } from './folder.ts';

/** In ms. A `status` that checks the lock is over by then. */
const PATIENCE = 500;

/**
 * Reserves a directory for one run at a time. The lock is SQLite's exclusive lock on an empty database
 * beside the ledger: SQLite can lock files on every system, and the system frees the lock when the
 * process ends, however it ends. The ledger itself can be read meanwhile.
 */
export class DirectoryLock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws BrokenRunError when another run, of any process, holds the lock */
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
      // Any other error: there is no lock file, or it may not be read.
      return isBusy(error);
    } finally {
      database?.close();
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
