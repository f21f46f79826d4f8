import type { SQLOutputValue } from 'node:sqlite';
import { isChecksum, isSize, type RowDetails } from '../../model/item.ts';
import {
  type FieldValue,
  type RowField,
  type RowRecord,
  rowRecord,
} from '../../model/row-fields.ts';

/**
 * The one record of a row: what became of it, last. Its `path` is relative to the directory. A row that
 * failed may have a file too, of an earlier run; `bytes`, `digest` and the validators are that file's
 * then.
 */
export interface LedgerRecord extends RowRecord {
  readonly id: number;
  /** Which of the rows with this URL and name it is, from 1. */
  readonly occurrence: number;
  /** The run whose outcome this is. */
  readonly run: number;
  /** The last run that had the row in its list. */
  readonly seen: number;
  /** What the row said besides; kept only while there is no file. Headers are never kept. */
  readonly details?:
    | Omit<RowDetails, 'headers' | 'problem' | 'name' | 'key' | 'recordId' | 'position'>
    | undefined;
}

/**
 * A line of the view `rows` as the record that it is.
 * @throws Error for what no run writes, as in an edited ledger
 */
export function readRecord(row: Readonly<Record<string, SQLOutputValue>>): LedgerRecord {
  const fields = new Fields(row, `its record ${row.id}`);
  const details = fields.optionalText('details');
  return {
    ...rowRecord((field) => readField(field, fields)),
    id: fields.number('id'),
    occurrence: fields.number('occurrence'),
    run: fields.number('run'),
    seen: fields.number('seen'),
    details: details === undefined ? undefined : (readDetails(details) ?? fields.wrong('details')),
  };
}

function readField(
  { type, column, words, presence }: RowField,
  fields: Fields,
): FieldValue | undefined {
  const isRequired = presence === 'required';
  if (type === 'flag') return fields.optionalNumber(column) === 1 ? true : undefined;
  if (type !== 'text') return isRequired ? fields.number(column) : fields.optionalNumber(column);
  if (words !== undefined) return fields.word(column, words);
  return isRequired ? fields.text(column) : fields.optionalText(column);
}

/** The details that a record has of a row that is not done. */
type RecordedDetails = NonNullable<LedgerRecord['details']>;

/** The check of each of them. */
const CHECKS: Readonly<Record<keyof RecordedDetails, (value: unknown) => boolean>> = {
  mirrors: areTexts,
  directory: (value) => typeof value === 'string',
  checksum: isChecksum,
  size: isSize,
  columns: (value) => isObject(value) && areTexts(Object.values(value)),
};

/**
 * Reads the details of a record.
 * @returns undefined for what no run writes
 */
function readDetails(json: string): RecordedDetails | undefined {
  const details = parseJson(json);
  if (!isObject(details)) return undefined;
  const areRight = Object.entries(details).every(
    ([name, value]) => Object.hasOwn(CHECKS, name) && CHECKS[name as keyof RecordedDetails](value),
  );
  return areRight ? details : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The values of one line of the ledger, checked to be what a run writes: the database may have been edited.
 */
export class Fields {
  readonly #row: Readonly<Record<string, SQLOutputValue>>;
  readonly #what: string;

  /** @param what the name of the line in messages, such as `its record 5` */
  constructor(row: Readonly<Record<string, SQLOutputValue>>, what: string) {
    this.#row = row;
    this.#what = what;
  }

  /** @throws Error when the column has no text */
  text(column: string): string {
    return this.optionalText(column) ?? this.wrong(column);
  }

  /** @throws Error when the column has any other value */
  optionalText(column: string): string | undefined {
    const value = this.#row[column];
    if (value === null) return undefined;
    return typeof value === 'string' ? value : this.wrong(column);
  }

  /** @throws Error when the column has no number, or a negative one */
  number(column: string): number {
    return this.optionalNumber(column) ?? this.wrong(column);
  }

  /** @throws Error when the column has any other value, or a negative number */
  optionalNumber(column: string): number | undefined {
    const value = this.#row[column];
    if (value === null) return undefined;
    const isRight = typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
    return isRight ? value : this.wrong(column);
  }

  /** @throws Error when the column has another value than one of `words` */
  word<T extends string>(column: string, words: readonly T[]): T {
    const value = this.text(column);
    return words.find((word) => word === value) ?? this.wrong(column);
  }

  /** @throws Error when the column has no JSON of a list of texts */
  texts(column: string): readonly string[] {
    const texts = parseJson(this.text(column));
    return areTexts(texts) ? texts : this.wrong(column);
  }

  /** @throws Error always */
  wrong(column: string): never {
    const value = this.#row[column];
    const shown = value === undefined ? 'nothing' : JSON.stringify(String(value).slice(0, 50));
    throw new Error(
      `${this.#what} has ${shown} as its ${column}, which no run writes; correct it, or move the ledger away`,
    );
  }
}

/** @returns undefined for what is no JSON */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
