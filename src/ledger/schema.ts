/** The ledger's tables. docs/ledger.md says what the columns mean. */

/** `PRAGMA application_id`: the letters `FLHL`. It tells a ledger from any other SQLite database. */
export const APPLICATION_ID = 0x464c484c;

/** `PRAGMA user_version`. A change of the tables is a new version. */
export const SCHEMA_VERSION = 4;

/** The columns of a record, in the order in which their values go to the writer. */
export const COLUMNS = [
  'id',
  'hash',
  'occurrence',
  'url',
  'name',
  'run',
  'status',
  'reason',
  'http_status',
  'final_url',
  'path',
  'bytes',
  'digest',
  'etag',
  'last_modified',
  'content_type',
  'attempts',
  'started_at',
  'queued',
  'elapsed',
  'sent',
  'first_byte',
  'body_end',
  'message',
  'details',
] as const;

export type Column = (typeof COLUMNS)[number];

/** A value of a record as SQLite takes it. */
export type RecordValue = string | number | null;

/** The columns that say which row it is: they stay as they are. */
const IDENTITY: ReadonlySet<Column> = new Set(['id', 'hash', 'occurrence', 'url', 'name']);

/** The place that says where in which list a row stood. */
const PLACE = 'FROM places WHERE first <= records.id ORDER BY first DESC LIMIT 1';

const CREATE_VIEW = `
  CREATE VIEW rows AS SELECT
    id, occurrence, run, (SELECT run ${PLACE}) AS seen, (SELECT idx - first + records.id ${PLACE}) AS idx,
    url, name, status, reason, http_status, final_url, path, bytes, digest, etag, last_modified, content_type,
    attempts, started_at, queued, elapsed, sent, first_byte, body_end, message, details
  FROM records;`;

/**
 * Records are appended: what is found by something else than its id needs an index, and each index is
 * written to at random, which costs more than the record itself. See docs/ledger.md, Speed.
 */
export const CREATE_TABLES = `
  CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    ending      TEXT,
    arguments   TEXT    NOT NULL,
    total       INTEGER,
    ok          INTEGER,
    skipped     INTEGER,
    not_found   INTEGER,
    failed      INTEGER,
    cancelled   INTEGER,
    bytes       INTEGER
  ) STRICT;
  CREATE TABLE records (
    id            INTEGER PRIMARY KEY,
    hash          INTEGER NOT NULL,
    occurrence    INTEGER NOT NULL,
    url           TEXT    NOT NULL,
    name          TEXT,
    run           INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    reason        TEXT,
    http_status   INTEGER,
    final_url     TEXT,
    path          TEXT,
    bytes         INTEGER NOT NULL,
    digest        TEXT,
    etag          TEXT,
    last_modified TEXT,
    content_type  TEXT,
    attempts      INTEGER NOT NULL,
    started_at    INTEGER,
    queued        REAL,
    elapsed       REAL,
    sent          REAL,
    first_byte    REAL,
    body_end      REAL,
    message       TEXT,
    details       TEXT
  ) STRICT;
  CREATE TABLE places (
    first         INTEGER PRIMARY KEY,
    run           INTEGER NOT NULL,
    idx           INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE loads (
    run           INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    in_flight     INTEGER NOT NULL,
    allowed       INTEGER NOT NULL
  ) STRICT;
  ${CREATE_VIEW}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** What makes a ledger of version 3 one of this version: rows had no content type. */
export const UPGRADE_FROM_3 = `
  ALTER TABLE records ADD COLUMN content_type TEXT;
  DROP VIEW rows;
  ${CREATE_VIEW}
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export const INDEX_BY_HASH = 'CREATE INDEX IF NOT EXISTS records_by_hash ON records (hash)';

export const INDEX_BY_PATH =
  'CREATE INDEX IF NOT EXISTS records_by_path ON records (path) WHERE path IS NOT NULL';

/** There is a file, and this outcome brought no other: it failed, or the server has no newer one. */
const IS_AS_IT_WAS =
  "records.path IS NOT NULL AND (excluded.path IS NULL OR excluded.status = 'skipped')";

/**
 * A row's file has taken the place of another row's. That row keeps no path: it is not done any more, and
 * the next run takes it up. The values are the path, and the id of the row that has it now.
 */
export const DISOWN = `
  UPDATE records SET status = 'skipped', reason = 'replaced', path = NULL
  WHERE path = ? AND id <> ? AND status IN ('ok', 'skipped')`;

/** What belongs to the file in the directory, and stays while no newer file takes its place. */
const OF_THE_FILE: ReadonlySet<Column> = new Set([
  'bytes',
  'digest',
  'etag',
  'last_modified',
  'content_type',
]);

/**
 * One record for each row, the last one. It keeps what is known of a file that an earlier run left
 * and this one did not replace: its validators are worth a download.
 */
export const UPSERT = `
  INSERT INTO records (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (id) DO UPDATE SET
    ${COLUMNS.filter((column) => !IDENTITY.has(column))
      .map(replacing)
      .join(', ')}`;

function replacing(column: Column): string {
  if (column === 'path') return 'path = coalesce(excluded.path, records.path)';
  if (!OF_THE_FILE.has(column)) return `${column} = excluded.${column}`;
  return `${column} = iif(${IS_AS_IT_WAS}, records.${column}, excluded.${column})`;
}
