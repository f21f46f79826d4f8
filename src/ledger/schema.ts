/** The ledger's tables. docs/ledger.md says what the columns mean. */
import { DONE } from '../model/outcome.ts';
import { ROW_FIELDS, type RowField } from '../model/row-fields.ts';

/** `PRAGMA application_id`: the letters `FLHL`. It tells a ledger from any other SQLite database. */
export const APPLICATION_ID = 0x464c484c;

/** `PRAGMA user_version`. A change of the tables is a new version. */
export const SCHEMA_VERSION = 7;

/** The oldest version that {@link upgradeFrom} can start from. */
export const OLDEST_VERSION = 3;

/** A value of a record as SQLite takes it. */
export type RecordValue = string | number | null;

/** The columns of a record that are the ledger's own, before those of the row's fields. */
const OWN = {
  id: 'INTEGER PRIMARY KEY',
  hash: 'INTEGER NOT NULL',
  occurrence: 'INTEGER NOT NULL',
  run: 'INTEGER NOT NULL',
};

/** The fields that a record has columns for. Where a row stands in the list is in `places`. */
export const STORED_FIELDS: readonly RowField[] = ROW_FIELDS.filter(({ name }) => name !== 'index');
const FIELD_COLUMNS = STORED_FIELDS.map(({ column }) => column);

/** The columns of a record, in the order in which their values go to the writer. */
export const COLUMNS: readonly string[] = [...Object.keys(OWN), ...FIELD_COLUMNS, 'details'];

/** The row has its file, in SQL. */
export const IS_DONE = `status IN (${DONE.map((status) => `'${status}'`).join(', ')})`;

/** The columns that say which row it is: they stay as they are. A row with a key may get a new URL. */
const IDENTITY: ReadonlySet<string> = new Set(['id', 'hash', 'occurrence']);

/** What belongs to the file in the directory, and stays while no newer file takes its place. */
const OF_FILE: ReadonlySet<string> = new Set(
  STORED_FIELDS.filter(({ isOfFile }) => isOfFile).map(({ column }) => column),
);

const SQL_TYPES = { text: 'TEXT', integer: 'INTEGER', ms: 'REAL', flag: 'INTEGER' };

/** A field's column as a table defines it. */
function definition({ column, type, presence }: RowField): string {
  return `${column} ${SQL_TYPES[type]}${presence === 'required' ? ' NOT NULL' : ''}`;
}

/** The place that says where in which list a row stood. */
const PLACE = 'FROM places WHERE first <= records.id ORDER BY first DESC LIMIT 1';

const CREATE_VIEW = `
  CREATE VIEW rows AS SELECT
    id, occurrence, run, (SELECT run ${PLACE}) AS seen, (SELECT idx - first + records.id ${PLACE}) AS idx,
    ${FIELD_COLUMNS.join(', ')}, details
  FROM records;`;

/**
 * Records are appended. Finding them by anything but their id takes an index, and each index is written
 * at random places, which costs more than the record itself. See docs/ledger.md, Speed.
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
    bytes       INTEGER,
    key         TEXT
  ) STRICT;
  CREATE TABLE records (
    ${Object.entries(OWN)
      .map(([column, type]) => `${column} ${type}`)
      .concat(STORED_FIELDS.map(definition), 'details TEXT')
      .join(',\n    ')}
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

/** What makes a ledger of an older version one of this: the columns that it lacks. */
export function upgradeFrom(version: number): string {
  const missing = STORED_FIELDS.filter(({ since = 0 }) => since > version);
  return `
    ${missing.map((field) => `ALTER TABLE records ADD COLUMN ${definition(field)};`).join('\n')}
    ${version < 6 ? 'ALTER TABLE runs ADD COLUMN key TEXT;' : ''}
    DROP VIEW rows;
    ${CREATE_VIEW}
    PRAGMA user_version = ${SCHEMA_VERSION};`;
}

export const INDEX_BY_HASH = 'CREATE INDEX IF NOT EXISTS records_by_hash ON records (hash)';

export const INDEX_BY_PATH =
  'CREATE INDEX IF NOT EXISTS records_by_path ON records (path) WHERE path IS NOT NULL';

/** Made when equal contents are stored once. */
export const INDEX_BY_DIGEST =
  'CREATE INDEX IF NOT EXISTS records_by_digest ON records (digest) WHERE digest IS NOT NULL';

/**
 * A row's file has taken the place of another row's. That row keeps no path: it is not done any more, and
 * the next run takes it up. The values are the path, and the id of the row that has it now.
 */
export const DISOWN = `
  UPDATE records SET status = 'skipped', reason = 'replaced', path = NULL
  WHERE path = ? AND id <> ? AND ${IS_DONE}`;

/**
 * The file of a row that is done was found to have the right contents. The values are its path, its
 * bytes, the checksum, when that was, and the row's id.
 */
export const CONFIRM = `
  UPDATE records SET path = coalesce(?, path), bytes = ?, checksum = coalesce(?, checksum), saved_at = ?
  WHERE id = ?`;
export const CONFIRM_VALUES = 5;

/** There is a file, and this outcome brought no other: it failed, or the server has no newer one. */
const IS_AS_IT_WAS =
  "records.path IS NOT NULL AND (excluded.path IS NULL OR (excluded.status = 'skipped' AND excluded.saved_at IS NULL))";

/**
 * One record for each row, the last one. It keeps what is known of a file that an earlier run left and
 * this one did not replace: the file's validators may spare a download.
 */
export const UPSERT = `
  INSERT INTO records (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (id) DO UPDATE SET
    ${COLUMNS.filter((column) => !IDENTITY.has(column))
      .map(replacing)
      .join(', ')}`;

function replacing(column: string): string {
  if (column === 'path') return 'path = coalesce(excluded.path, records.path)';
  if (!OF_FILE.has(column)) return `${column} = excluded.${column}`;
  return `${column} = iif(${IS_AS_IT_WAS}, records.${column}, excluded.${column})`;
}
