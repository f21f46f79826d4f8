import type { Item } from './item.ts';
import type { Reasoned } from './reason.ts';
import { withoutCredentials } from './without-credentials.ts';

/** What identifies the rows of a run, by the words of `--row-key`. */
export const ROW_KEYS = ['url', 'path', 'url-without-query'] as const;

/**
 * What identifies a row from run to run: its URL and name; the path of its URL; its URL without the
 * query, which may be a signature; or the value of a column of its list, as in `column id`.
 */
export type RowKey = (typeof ROW_KEYS)[number] | `column ${string}`;

/** A row lacks the value that identifies it. */
class MissingKeyError extends Error implements Reasoned {
  override readonly name = 'MissingKeyError';
  readonly reason = 'bad-row';
}

/** The key of a row that has `url`. @returns undefined for a URL that makes no sense */
export function keyOfUrl(url: string, rowKey: 'path' | 'url-without-query'): string | undefined {
  const parsed = URL.parse(withoutCredentials(url));
  if (parsed === null) return undefined;
  return rowKey === 'path' ? parsed.pathname : parsed.origin + parsed.pathname;
}

/** The item with its key. An item that has one, or comes from a ledger, stays as it is. */
export function identified(item: Item, rowKey: RowKey): Item {
  if (rowKey === 'url' || item.key !== undefined || item.recordId !== undefined) return item;
  if (rowKey === 'path' || rowKey === 'url-without-query') {
    return { ...item, key: keyOfUrl(item.url, rowKey) };
  }
  const column = rowKey.slice('column '.length);
  const { columns = {} } = item;
  const key = Object.hasOwn(columns, column) ? columns[column]?.trim() : undefined;
  if (key) return { ...item, key };
  const what = `there is no value in the column ${JSON.stringify(column)}, which identifies rows`;
  return { ...item, problem: item.problem ?? new MissingKeyError(what) };
}
