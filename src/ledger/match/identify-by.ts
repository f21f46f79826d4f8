import type { DatabaseSync } from 'node:sqlite';
import { keyOfUrl, type RowKey } from '../../model/row-key.ts';
import { hashedIdentity } from './previous-records.ts';

/** What identified the rows of the last run; undefined before the first. */
export function lastRowKey(database: DatabaseSync): string | undefined {
  const run = database.prepare('SELECT key FROM runs ORDER BY id DESC LIMIT 1').get();
  return run && String(run.key ?? 'url');
}

/** Gives each record its new key, and its number among those with that key, in their order. */
const NEW_KEYS = `
  UPDATE records SET key = new.key, occurrence = new.n, hash = row_hash(url, name, new.key, new.n)
  FROM (
    SELECT id, key, row_number() OVER (PARTITION BY key, identity ORDER BY id) AS n
    FROM (
      SELECT id, row_key(url) AS key,
        iif(row_key(url) IS NULL, url || char(10) || ifnull(name, ''), NULL) AS identity
      FROM records
    )
  ) AS new
  WHERE new.id = records.id`;

/**
 * Makes the records of earlier runs those of rows that `rowKey` identifies, where keys can be made from
 * their URLs. The values of a column are not known of them: to such a run all rows are new.
 */
export function identifyBy(database: DatabaseSync, rowKey: RowKey): void {
  const last = lastRowKey(database);
  if (last === undefined || last === rowKey || rowKey.startsWith('column ')) return;
  database.function('row_key', { deterministic: true }, (url) =>
    rowKey === 'path' || rowKey === 'url-without-query'
      ? (keyOfUrl(String(url), rowKey) ?? null)
      : null,
  );
  database.function('row_hash', { deterministic: true }, (url, name, key, n) => {
    const text = (value: unknown) => (value === null ? null : String(value));
    return hashedIdentity(String(url), text(name), Number(n), text(key)).hash;
  });
  database.exec(NEW_KEYS);
}
