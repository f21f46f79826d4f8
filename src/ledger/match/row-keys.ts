import type { DatabaseSync } from 'node:sqlite';
import { keyOfUrl, type RowKey } from '../../model/row-key.ts';
import { hashedIdentity } from './previous-records.ts';

/** A run identifies rows by another key than the last run in its directory. */
export interface KeyChange {
  /** The key of the last run. */
  readonly from: string;
  /** The key of this run. */
  readonly to: RowKey;
  /** How many rows the ledger has. */
  readonly rows: number;
  /** How many of them have their new key. It stays 0 for a column: its values are not known. */
  readonly done: number;
}

/** What identified the rows of the last run; undefined before the first. */
function lastRowKey(database: DatabaseSync): string | undefined {
  const run = database.prepare('SELECT key FROM runs ORDER BY id DESC LIMIT 1').get();
  return run && String(run.key ?? 'url');
}

/** How often a change of many rows is reported, in ms. */
const REPORT_EVERY = 1_000;

/**
 * Makes the records of earlier runs those of rows that `rowKey` identifies, where keys can be made from
 * their URLs. The values of a column are not known of them: to such a run all rows are new. Takes some
 * seconds for a million records.
 *
 * @param onChange called at once when there are such records, and each second until all have their key
 * @param now a clock in ms
 */
export function identifyBy(
  database: DatabaseSync,
  rowKey: RowKey,
  onChange: (change: KeyChange) => void = () => {},
  now: () => number = () => performance.now(),
): void {
  const from = lastRowKey(database);
  if (from === undefined || from === rowKey) return;
  const rows = Number(database.prepare('SELECT count(*) AS count FROM records').get()?.count);
  if (rows === 0) return;
  onChange({ from, to: rowKey, rows, done: 0 });
  if (rowKey !== 'url' && rowKey !== 'path' && rowKey !== 'url-without-query') return;
  // The index is made anew when a row is looked up: that takes less than changing it row by row.
  database.exec('BEGIN IMMEDIATE; DROP INDEX IF EXISTS records_by_hash');
  let reportedAt = now();
  for (const done of giveKeys(database, rowKey)) {
    if (now() - reportedAt < REPORT_EVERY) continue;
    reportedAt = now();
    onChange({ from, to: rowKey, rows, done });
  }
  numberEqualRows(database);
  database.exec('COMMIT');
}

/** Records that are changed in one go. */
const BATCH = 10_000;

const UPDATE = 'UPDATE records SET key = ?, occurrence = ?, hash = ? WHERE id = ?';

/** Gives each record its key, as that of the only row with this key. Yields how many have theirs. */
function* giveKeys(
  database: DatabaseSync,
  rowKey: Exclude<RowKey, `column ${string}`>,
): Generator<number, void> {
  const next = database.prepare(
    `SELECT id, url, name FROM records WHERE id > ? ORDER BY id LIMIT ${BATCH}`,
  );
  const update = database.prepare(UPDATE);
  let last = 0;
  for (let done = 0; ; done += BATCH) {
    yield done;
    const batch = next.all(last);
    for (const { id, url, name } of batch) {
      const key = rowKey === 'url' ? null : (keyOfUrl(String(url), rowKey) ?? null);
      const { hash } = hashedIdentity(String(url), textOrNull(name), 1, key);
      update.run(key, 1, hash, Number(id));
      last = Number(id);
    }
    if (batch.length < BATCH) return;
  }
}

/** The records whose hash others have as well, in their order. */
const ALIKE = `
  SELECT id, url, name, key, hash FROM records
  WHERE hash IN (SELECT hash FROM records GROUP BY hash HAVING count(*) > 1)
  ORDER BY hash, id`;

/** Tells rows with the same key apart, by their number among those. */
function numberEqualRows(database: DatabaseSync): void {
  const update = database.prepare(UPDATE);
  const counts = new Map<string, number>();
  let hashOfCounts: unknown;
  for (const { id, url, name, key, hash } of database.prepare(ALIKE).iterate()) {
    if (hash !== hashOfCounts) counts.clear();
    hashOfCounts = hash;
    const identity = [String(url), textOrNull(name)] as const;
    const { text } = hashedIdentity(...identity, 1, textOrNull(key));
    const number = (counts.get(text) ?? 0) + 1;
    counts.set(text, number);
    if (number === 1) continue;
    const own = hashedIdentity(...identity, number, textOrNull(key));
    update.run(own.key, number, own.hash, Number(id));
  }
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : String(value);
}
