import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { brokenLedger, isBusy, resultCode } from './database-errors.ts';
import { checkOwnFiles, createFolder, ledgerPath, lockPath } from './folder.ts';
import {
  APPLICATION_ID,
  CREATE_TABLES,
  OLDEST_VERSION,
  SCHEMA_VERSION,
  upgradeFrom,
} from './schema.ts';

/** In ms: how long a writer waits for another, such as one that builds an index of 20 million rows. */
const BUSY_TIMEOUT = 60_000;

/**
 * How the ledger is written.
 *
 * - WAL: readers and the writer do not wait for each other.
 * - NORMAL: a commit does not sync. A killed process loses nothing that is committed; a power cut may
 *   lose the last commits, but never the database (https://sqlite.org/pragma.html#pragma_synchronous).
 * - The log is checkpointed every 64 MB. More often, and the pages of an index would be written over and
 *   over.
 * - The cache has 2 MB, since records are appended. With 8 MB a run was no faster, and took 13 MB more.
 */
const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 16384;
  PRAGMA cache_size = -2048;
`;

/** Opens the ledger of `directory` for a run, and creates a missing one. @throws BrokenRunError */
export function openForWriting(directory: string): DatabaseSync {
  const path = ledgerPath(directory);
  checkOwnFiles(directory);
  return guarded(path, (database) => {
    upgrade(database);
    if (!isLedger(database, path)) {
      database.exec(`PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; ${CREATE_TABLES} COMMIT`);
    }
    database.exec(SETTINGS);
  });
}

/**
 * Leaves the ledger as one file, which can be copied, and read where nothing can be written: a reader
 * could not remove the files of the log. A reader at this moment, a full disk or a missing directory may
 * prevent it. The log then stays until the next run, and nothing is lost.
 */
export function atRest(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA busy_timeout = 200; PRAGMA journal_mode = DELETE');
  } catch (error) {
    if (resultCode(error) === undefined) throw error;
  }
}

/** Opens the ledger of `directory` for reading, also while a run writes it. @throws BrokenRunError */
export function openForReading(directory: string): DatabaseSync {
  const path = ledgerPath(directory);
  checkOwnFiles(directory);
  if (!existsSync(path)) {
    const here = directory === '.' ? 'the current directory' : directory;
    throw new BrokenRunError(
      `there is no ledger in ${here} (no ${path}); name the directory of a run`,
    );
  }
  const database = openReadOnly(path);
  if (!isUpgradable(database)) return database;
  database.close();
  guarded(path, upgrade).close();
  return openReadOnly(path);
}

/**
 * Copies the ledger of `directory` to that of another directory, as it is at this moment.
 * @returns whether there is one
 * @throws BrokenRunError
 */
export function copyLedger(directory: string, to: string): boolean {
  const path = ledgerPath(directory);
  checkOwnFiles(directory);
  if (!existsSync(path)) return false;
  createFolder(to);
  const copy = (database: DatabaseSync) => database.prepare('VACUUM INTO ?').run(ledgerPath(to));
  guarded(path, copy, { readOnly: true }).close();
  return true;
}

function openReadOnly(path: string): DatabaseSync {
  const check = (database: DatabaseSync) => {
    if (isUpgradable(database)) return;
    if (!isLedger(database, path)) throw new BrokenRunError(`the ledger ${path} is empty`);
  };
  return guarded(path, check, { readOnly: true });
}

/** Opens the database and prepares it. @throws BrokenRunError for any failure */
function guarded(
  path: string,
  prepare: (database: DatabaseSync) => void,
  options: { readOnly?: boolean } = {},
): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT, ...options });
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    throw brokenLedger(path, error);
  }
}

/** Whether it is a ledger of an older version that {@link upgrade} makes one of this. */
function isUpgradable(database: DatabaseSync): boolean {
  if (pragma(database, 'application_id') !== APPLICATION_ID) return false;
  const version = pragma(database, 'user_version');
  return version >= OLDEST_VERSION && version < SCHEMA_VERSION;
}

/** In one transaction. Another process may have done it by the time that this one may write. */
function upgrade(database: DatabaseSync): void {
  if (!isUpgradable(database)) return;
  database.exec('BEGIN IMMEDIATE');
  if (isUpgradable(database)) database.exec(upgradeFrom(pragma(database, 'user_version')));
  database.exec('COMMIT');
}

/**
 * @returns false for an empty database
 * @throws BrokenRunError for a database that is not a ledger, or is one of an unknown version
 */
function isLedger(database: DatabaseSync, path: string): boolean {
  const application = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {};
  if (tables === 0) return false;
  if (application !== APPLICATION_ID) {
    throw new BrokenRunError(
      `${path} is no ledger but another program's database; move it away, or run in another directory`,
    );
  }
  if (version > SCHEMA_VERSION) {
    throw new BrokenRunError(
      `the ledger ${path} is of a newer flaghoist (version ${version}, this one knows ${SCHEMA_VERSION}); update flaghoist`,
    );
  }
  if (version < SCHEMA_VERSION) {
    throw new BrokenRunError(
      `the ledger ${path} is of an older flaghoist (version ${version}, this one knows ${SCHEMA_VERSION}); go on with that one, or move the ledger away and run again with --on-collision overwrite`,
    );
  }
  return true;
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** In ms. A `status` that checks the lock is over by then. */
const LOCK_TIMEOUT = 500;

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
      database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT });
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

/** Selects a line for each column of each table and view, with what SQLite ensures for the column. */
const COLUMNS = `
  SELECT json_array(list.name, list.type, list.strict, info.name, info.type, info."notnull", info.pk) AS line
  FROM pragma_table_list AS list, pragma_table_xinfo(list.name) AS info
  WHERE list.schema = 'main' AND list.name NOT LIKE 'sqlite_%'
  ORDER BY list.type, list.name, info.cid`;

let expected: ReadonlySet<string> | undefined;

/**
 * Makes sure that a ledger has the tables of its version. SQLite then ensures the types of their values
 * (STRICT), and no query fails for a column that an edit has removed. More columns do no harm.
 * @throws Error that says which column is missing
 */
export function checkTables(database: DatabaseSync): void {
  expected ??= columnsOfNew();
  const [missing] = expected.difference(columnsOf(database));
  if (missing === undefined) return;
  const [table, , , column] = JSON.parse(missing) as string[];
  throw new Error(
    `its column ${table}.${column} is missing, or is not as a run makes it; restore the ledger, or move it away`,
  );
}

function columnsOfNew(): ReadonlySet<string> {
  using database = new DatabaseSync(':memory:');
  database.exec(CREATE_TABLES);
  return columnsOf(database);
}

function columnsOf(database: DatabaseSync): ReadonlySet<string> {
  return new Set(
    database
      .prepare(COLUMNS)
      .all()
      .map(({ line }) => String(line)),
  );
}
