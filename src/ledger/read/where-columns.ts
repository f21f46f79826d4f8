import { reasonsMeantBy } from '../../model/reason.ts';
import { ROW_FIELDS } from '../../model/row-fields.ts';

/** A column that conditions may name. No other name gets into a statement. */
export interface WhereColumn {
  /** In SQL. */
  readonly sql: string;
  readonly type: 'text' | 'number';
  /**
   * The values that a value of a condition stands for, with `=`, `!=` and `in`.
   * @default the value itself
   */
  readonly meantBy?: (text: string) => readonly string[];
}

/** The rest of a URL after `https://`, with a slash at its end. */
const AFTER_SCHEME =
  "replace(replace(substr(url, instr(url, '://') + 3), '?', '/'), '#', '/') || '/'";

/** A URL's host with its port, in SQL: URLs in the ledger have no credentials. */
export const HOST = `lower(substr(${AFTER_SCHEME}, 1, instr(${AFTER_SCHEME}, '/') - 1))`;

/** The HTTP status, which `status` means when it is compared with a number. */
export const HTTP_STATUS: WhereColumn = { sql: 'http_status', type: 'number' };

const COLUMNS: ReadonlyMap<string, WhereColumn> = new Map([
  ...ROW_FIELDS.map(({ name, column, type }): [string, WhereColumn] => [
    name,
    type === 'flag'
      ? { sql: `iif(${column}, 'true', NULL)`, type: 'text' }
      : { sql: column, type: type === 'text' ? 'text' : 'number' },
  ]),
  ['reason', { sql: 'reason', type: 'text', meantBy: reasonsMeantBy }],
  ['host', { sql: HOST, type: 'text' }],
  ['run', { sql: 'run', type: 'number' }],
]);

/** The same, by names without capitals. */
const BY_LOWER_CASE = new Map([...COLUMNS].map(([name, column]) => [name.toLowerCase(), column]));

/** For messages. */
export const COLUMN_NAMES: string = [...COLUMNS.keys()].sort().join(', ');

/** Finds a column by its name in JSON; capitals and underscores do not matter. */
export function whereColumn(name: string): WhereColumn | undefined {
  return BY_LOWER_CASE.get(name.toLowerCase().replaceAll('_', ''));
}
