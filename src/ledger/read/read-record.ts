import type { SQLOutputValue } from 'node:sqlite';
import type { RowDetails } from '../../model/item.ts';
import {
  type FieldValue,
  type RowField,
  type RowRecord,
  rowRecord,
} from '../../model/row-fields.ts';
import { areTexts, Fields, parseJson } from './fields.ts';

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
  readonly details?: Omit<RowDetails, 'headers' | 'problem' | 'name'> | undefined;
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
  columns: (value) => isObject(value) && areTexts(Object.values(value)),
  key: (value) => typeof value === 'string',
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

function isChecksum(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { algorithm, hex } = value;
  return ALGORITHMS.has(algorithm) && typeof hex === 'string' && /^[0-9a-f]+$/.test(hex);
}

const ALGORITHMS: ReadonlySet<unknown> = new Set(['md5', 'sha1', 'sha256', 'sha384', 'sha512']);
