import type { Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue } from '../bad-value.ts';
import { checkUrl } from '../check-url.ts';

/**
 * The row that is nothing but a URL.
 * @param column where it stands on its line, from 1
 * @throws RowError when it is bad, and `bad` strict
 */
export function urlRow(url: string, bad: BadRows, line: number, column: number): Row {
  try {
    checkUrl(url);
    return url;
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    return bad.rowOf(url, error, line, column);
  }
}
