import { reasonsMeantBy } from '../../model/reason.ts';

/** What a condition may ask about. No other name gets into a statement. */

export interface WhereColumn {
  /** In SQL. */
  readonly sql: string;
  readonly type: 'text' | 'number';
  /** The values that one in a condition stands for, itself by default; for `=`, `!=` and `in`. */
  readonly meantBy?: (text: string) => readonly string[];
}

/** The rest of a URL after `https://`, with a slash at its end. */
const AFTER_SCHEME =
  "replace(replace(substr(url, instr(url, '://') + 3), '?', '/'), '#', '/') || '/'";

/** A URL's host with its port, in SQL: URLs in the ledger have no credentials. */
export const HOST = `lower(substr(${AFTER_SCHEME}, 1, instr(${AFTER_SCHEME}, '/') - 1))`;

/** The HTTP status, which `status` means when it is held against a number. */
export const HTTP_STATUS: WhereColumn = { sql: 'http_status', type: 'number' };

const REASON: WhereColumn = { sql: 'reason', type: 'text', meantBy: reasonsMeantBy };

const TEXTS = { status: 'status', url: 'url', host: HOST, name: 'name' };
const MORE_TEXTS = { path: 'path', digest: 'digest', etag: 'etag', message: 'message' };
const RENAMED_TEXTS = {
  contenttype: 'content_type',
  finalurl: 'final_url',
  lastmodified: 'last_modified',
};
const NUMBERS = {
  index: 'idx',
  bytes: 'bytes',
  attempts: 'attempts',
  elapsed: 'elapsed',
  run: 'run',
};
const RENAMED_NUMBERS = { httpstatus: 'http_status', startedat: 'started_at' };

const COLUMNS: ReadonlyMap<string, WhereColumn> = new Map([
  ['reason', REASON],
  ...columns('text', { ...TEXTS, ...MORE_TEXTS, ...RENAMED_TEXTS }),
  ...columns('number', { ...NUMBERS, ...RENAMED_NUMBERS }),
]);

/** For messages. */
export const COLUMN_NAMES =
  'attempts, bytes, contentType, digest, elapsed, etag, finalUrl, host, httpStatus, index, lastModified, message, name, path, reason, run, startedAt, status, url';

/** Names are as in the JSON; `http_status` and other spellings are the same. */
export function whereColumn(name: string): WhereColumn | undefined {
  return COLUMNS.get(name.toLowerCase().replaceAll('_', ''));
}

function columns(
  type: WhereColumn['type'],
  names: Readonly<Record<string, string>>,
): [string, WhereColumn][] {
  return Object.entries(names).map(([name, sql]) => [name, { sql, type }]);
}
