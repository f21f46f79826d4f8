/** A column that conditions may name. No other name gets into a statement. */
export type ColumnType = 'text' | 'number';

/** How a database writes what conditions and reports need. */
export interface Dialect {
  /** The place of a value. @param number its number in the statement, from 1 */
  readonly parameter: (number: number, type: ColumnType) => string;
  /** Whether two values are the same; a missing one is the same as another missing one. */
  readonly same: (one: string, other: string) => string;
  /** A test that is false where a value is missing. */
  readonly orFalse: (test: string) => string;
  /** Whether a text has a pattern's form, in small letters or capitals. */
  readonly like: (column: string, pattern: string) => string;
  /** The text `true`, or nothing, for a column that is true or nothing. */
  readonly flag: (column: string) => string;
  /** A URL's host with its port; empty for what has none. URLs in records have no credentials. */
  readonly host: string;
  /** Whether records name the run that they are of. */
  readonly hasRuns: boolean;
}

/** The rest of a URL after `https://`, with a slash at its end. */
const AFTER_SCHEME =
  "replace(replace(substr(url, instr(url, '://') + 3), '?', '/'), '#', '/') || '/'";

/** The ledger of a directory. */
export const SQLITE: Dialect = {
  parameter: () => '?',
  same: (one, other) => `${one} IS ${other}`,
  orFalse: (test) => `coalesce(${test}, 0)`,
  like: (column, pattern) => `${column} LIKE ${pattern}`,
  flag: (column) => `iif(${column}, 'true', NULL)`,
  // A list may have anything else in a URL's place.
  host: `iif(url LIKE 'http://%' OR url LIKE 'https://%',
  lower(substr(${AFTER_SCHEME}, 1, instr(${AFTER_SCHEME}, '/') - 1)), '')`,
  hasRuns: true,
};

/** The database of many workers. */
export const POSTGRES: Dialect = {
  parameter: (number, type) => `$${number}::${type === 'text' ? 'text' : 'double precision'}`,
  same: (one, other) => `${one} IS NOT DISTINCT FROM ${other}`,
  orFalse: (test) => `coalesce(${test}, false)`,
  // SQLite has no character that takes a pattern's characters literally.
  like: (column, pattern) => `${column} ILIKE ${pattern} ESCAPE ''`,
  flag: (column) => `CASE WHEN ${column} THEN 'true' END`,
  host: "lower(coalesce(substring(url from '(?i)^https?://([^/?#]*)'), ''))",
  hasRuns: false,
};
