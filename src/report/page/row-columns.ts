import { PAGE_FIELDS, type RowRecord } from '../../model/row-fields.ts';
import { safeLine } from '../../model/safe-text.ts';
import { type RowColumns, TIME_COLUMNS } from './page-data.ts';

/** Columns that rows are added to. */
type GrowingColumns = { -readonly [Name in keyof RowColumns]: RowColumns[Name][number][] };

/** The values of a row that are not those of its record. */
export interface Placed {
  /** Its file's path, relative to the directory. */
  readonly path: string | undefined;
  /** When it was taken up, in ms since the run's start; undefined for one of an earlier run. */
  readonly start: number | undefined;
}

/** Columns without rows. */
export function emptyColumns(): GrowingColumns {
  const names = [...PAGE_FIELDS.map(({ name }) => name), ...TIME_COLUMNS];
  // One array for each column name; the type of Object.fromEntries() does not say so.
  return Object.fromEntries(names.map((name) => [name, []])) as unknown as GrowingColumns;
}

/** Writes rows down column by column, as the page reads them. */
export class RowColumnsBuilder {
  readonly columns: GrowingColumns = emptyColumns();

  get length(): number {
    return this.columns.index.length;
  }

  add(row: RowRecord, { path, start }: Placed): void {
    const { columns } = this;
    const shown = { ...row, url: safeLine(row.url), path };
    for (const { name, type } of PAGE_FIELDS) {
      const column: unknown[] = columns[name];
      column.push(shown[name] ?? (type === 'text' ? '' : 0));
    }
    const isTimed = row.attempts > 0 && start !== undefined;
    columns.start.push(isTimed ? tenths(Math.max(start, 0)) : null);
    columns.queued.push(isTimed ? tenths(row.queued ?? 0) : 0);
    columns.tried.push(isTimed ? tenths(row.earlierTries ?? 0) : 0);
    columns.sent.push(isTimed ? tenthsOrNull(row.sent) : null);
    columns.firstByte.push(isTimed ? tenthsOrNull(row.firstByte) : null);
    columns.bodyEnd.push(isTimed ? tenthsOrNull(row.end) : null);
    columns.end.push(isTimed ? tenths(row.elapsed ?? 0) : 0);
  }
}

/** Tenths of a millisecond are enough for the eye, and shorter to write. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function tenthsOrNull(ms: number | undefined): number | null {
  return ms === undefined ? null : tenths(ms);
}
