import { STATUSES } from '../../model/outcome.ts';
import { isReason, REASON_WORDS, reasonsMeantBy } from '../../model/reason.ts';
import { ROW_FIELDS } from '../../model/row-fields.ts';
import { type ColumnType, type Dialect, SQLITE } from './dialect.ts';

/** A column that conditions may name. No other name gets into a statement. */
export interface WhereColumn {
  /** In SQL. */
  readonly sql: string;
  readonly type: ColumnType;
  /**
   * The values that a value of a condition stands for, with `=`, `!=` and `in`.
   * @default the value itself
   */
  readonly meantBy?: (text: string) => readonly string[];
  /** The words that the column may have: any other is a mistake. @default any */
  readonly words?: { readonly shown: string; has(word: string): boolean };
}

/** The HTTP status, which `status` means when it is compared with a number. */
export const HTTP_STATUS: WhereColumn = { sql: 'http_status', type: 'number' };

const STATUS_WORDS = {
  shown: STATUSES.join(', '),
  has: (word: string): boolean => STATUSES.some((status) => status === word),
};

const REASONS_KNOWN = { shown: REASON_WORDS, has: isReason };

/** The columns of a dialect, by their names as they are shown. */
function columnsIn({ flag, host, hasRuns }: Dialect): [string, WhereColumn][] {
  return [
    ...ROW_FIELDS.map(({ name, column, type }): [string, WhereColumn] => [
      name,
      type === 'flag'
        ? { sql: flag(column), type: 'text' }
        : { sql: column, type: type === 'text' ? 'text' : 'number' },
    ]),
    ['status', { sql: 'status', type: 'text', words: STATUS_WORDS }],
    ['reason', { sql: 'reason', type: 'text', meantBy: reasonsMeantBy, words: REASONS_KNOWN }],
    ['host', { sql: host, type: 'text' }],
    ...(hasRuns ? [['run', { sql: 'run', type: 'number' }] satisfies [string, WhereColumn]] : []),
  ];
}

/** The columns that conditions may name, by names without capitals; each has the name that is shown. */
type Columns = ReadonlyMap<string, WhereColumn & { readonly shown: string }>;

const BY_DIALECT = new Map<Dialect, Columns>();

/** The columns of a dialect by their names in JSON; capitals and underscores do not matter. */
export function columnsOf(dialect: Dialect): Columns {
  const columns =
    BY_DIALECT.get(dialect) ??
    new Map(
      columnsIn(dialect).map(([shown, column]) => [shown.toLowerCase(), { ...column, shown }]),
    );
  BY_DIALECT.set(dialect, columns);
  return columns;
}

export function namesOf(columns: Columns): string {
  return [...columns.values()]
    .map(({ shown }) => shown)
    .sort()
    .join(', ');
}

/** What a condition for the ledger of a directory may name, for messages. */
export const COLUMN_NAMES: string = namesOf(columnsOf(SQLITE));
