import type { Row } from '../../model/item.ts';
import { reasonsMeantBy } from '../../model/reason.ts';
import { IS_DONE } from '../schema.ts';
import { LedgerReader } from './ledger-reader.ts';
import { type Condition, parseWhere } from './where.ts';

/** Which rows to try again. Rows that are done are never tried again. */
export interface RetrySelection {
  /** A condition, see {@link parseWhere}. */
  readonly where?: string | undefined;
  /** Words of docs/reasons.md: rows with any of these reasons. */
  readonly reasons?: readonly string[] | undefined;
}

/** A row of an earlier run. */
export type RetryRow = Exclude<Row, string | URL> & {
  readonly recordId: number;
};

/**
 * The rows to try again, read from the ledger as they are consumed. Without a selection they are the rows
 * that failed or were cancelled, except for those that no try can help (`bad-row`).
 *
 * @throws WhereError at once; BrokenRunError when the ledger cannot be read
 */
export function retryRows(
  directory: string,
  selection: RetrySelection = {},
): AsyncIterable<RetryRow> {
  return rowsOf(directory, retryCondition(selection));
}

/** @throws WhereError */
export function retryCondition({ where, reasons = [] }: RetrySelection): Condition {
  if (where === undefined && reasons.length === 0) {
    return { sql: "(status IN ('failed', 'cancelled') AND reason IS NOT 'bad-row')", values: [] };
  }
  const parts = [`NOT ${IS_DONE}`];
  const values: (string | number)[] = [];
  if (where !== undefined) {
    const condition = parseWhere(where);
    parts.push(condition.sql);
    values.push(...condition.values);
  }
  if (reasons.length > 0) {
    const meant = reasons.flatMap(reasonsMeantBy);
    parts.push(`reason IN (${meant.map(() => '?').join(', ')})`);
    values.push(...meant);
  }
  return { sql: `(${parts.join(' AND ')})`, values };
}

async function* rowsOf(directory: string, condition: Condition): AsyncGenerator<RetryRow, void> {
  using reader = new LedgerReader(directory);
  for (const { id, url, name, key, details } of reader.records(condition)) {
    yield { ...details, recordId: id, key, url, name };
  }
}
