import type { Reasoned } from './reason.ts';
import { safeLine } from './safe-text.ts';
import { withoutCredentials } from './without-credentials.ts';

/** One row of the input: what to download. */
export interface Item extends RowDetails {
  /** Its place in the input, from 0. */
  readonly index: number;
  /** `http:` or `https:`; it may have a user and a password. */
  readonly url: string;
}

/** What a row may have besides its URL. */
export interface RowDetails {
  /** The file name asked for. @default that of the template, or of the URL */
  readonly name?: string | undefined;
  /** Other URLs of the same file, tried when the first one fails. @default [] */
  readonly mirrors?: readonly string[] | undefined;
  /** The directory for the file, within that of the run. @default that of the run */
  readonly directory?: string | undefined;
  /** Request headers for this row alone; they win over those of the run. @default {} */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The checksum that the file must have; another one fails the row with `checksum`. @default undefined any */
  readonly checksum?: Checksum | undefined;
  /** The size that the file must have, in bytes; another one fails the row with `wrong-size`. @default undefined any */
  readonly size?: number | undefined;
  /** The other columns of the row, by name: for `{column:NAME}` in names. @default {} */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** Its place in the whole list, from 0, for a run that has a part of the list. @default its index */
  readonly position?: number | undefined;
  /** What identifies the row from run to run. @default its URL and its name */
  readonly key?: string | undefined;
  /** The id of the row's record in the ledger, for a row that comes from there. @default undefined */
  readonly recordId?: number | undefined;
  /** Why the row cannot be downloaded: it fails with this error, without a request. @default undefined */
  readonly problem?: Error | undefined;
}

/** The expected checksum of a file. */
export interface Checksum {
  /** The hash function. */
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Lower-case hex. */
  readonly hex: string;
}

/** A row as a caller gives it: a URL, or an object with a URL and details. */
export type Row = string | URL | ({ readonly url: string | URL } & RowDetails);

/** A value that is not a row: of another type, or with a field of another type. */
class BadRowError extends Error implements Reasoned {
  override readonly name = 'BadRowError';
  readonly reason = 'bad-row';
}

/**
 * A caller's row as the item at `index` of the input. A caller in JavaScript may pass any value. A value
 * that is not a row becomes an item with a `problem`, so it has an outcome like any other.
 */
export function itemOf(row: Row, index: number): Item {
  if (typeof row === 'string') return { index, url: row };
  try {
    if (row instanceof URL) return { index, url: row.href };
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      return badItem(row, index, `${shown(row)} is neither a URL nor an object with a url`);
    }
    const { url } = row;
    if (typeof url !== 'string' && !(url instanceof URL)) {
      return badItem(url, index, `its url is ${shown(url)}, not a URL`);
    }
    const item: Record<string, unknown> & Item = { ...row, index, url: String(url) };
    for (const field in CHECKS) {
      const value = item[field];
      if (value === undefined) continue;
      // Databases and JSON have null for a field without a value.
      if (value === null) item[field] = undefined;
      else if (!CHECKS[field]?.isGood(value)) {
        return badItem(url, index, `its ${field} is ${shown(value)}, not ${CHECKS[field]?.what}`);
      }
    }
    return item;
  } catch (cause) {
    // A getter of the caller's object threw.
    const message = cause instanceof Error ? cause.message : 'it threw';
    return badItem(undefined, index, `it cannot be read: ${message}`, cause);
  }
}

function badItem(url: unknown, index: number, what: string, cause?: unknown): Item {
  const problem = new BadRowError(safeLine(`the row at index ${index}: ${what}`), { cause });
  return { index, url: typeof url === 'string' ? url : shown(url), problem };
}

/** A value in a message, shortened. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 50));
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

interface FieldCheck {
  readonly isGood: (value: unknown) => boolean;
  /** What the value should be. */
  readonly what: string;
}

const TEXT: FieldCheck = { isGood: (value) => typeof value === 'string', what: 'a string' };
const TEXTS_BY_NAME: FieldCheck = { isGood: hasOnlyTexts, what: 'an object of strings' };

/** The hex digits of each checksum. */
const HEX_DIGITS: Readonly<Record<Checksum['algorithm'], number>> = {
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

const CHECKS: Readonly<Record<string, FieldCheck>> = {
  name: TEXT,
  mirrors: {
    isGood: (value) => Array.isArray(value) && value.every((url) => typeof url === 'string'),
    what: 'an array of URLs',
  },
  directory: TEXT,
  headers: TEXTS_BY_NAME,
  checksum: { isGood: isChecksum, what: '{ algorithm, hex } with lower-case hex' },
  size: { isGood: isSize, what: 'a number of bytes' },
  columns: TEXTS_BY_NAME,
  position: { isGood: (value) => Number.isSafeInteger(value), what: 'a whole number' },
  key: TEXT,
  recordId: { isGood: (value) => Number.isSafeInteger(value), what: 'the id of a record' },
  problem: { isGood: (value) => value instanceof Error, what: 'an Error' },
} satisfies Record<keyof RowDetails, FieldCheck>;

function hasOnlyTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const text of Object.values(value)) if (typeof text !== 'string') return false;
  return true;
}

/** Whether a value is a checksum, with as many digits as its algorithm has. */
export function isChecksum(value: unknown): value is Checksum {
  if (typeof value !== 'object' || value === null) return false;
  const { algorithm, hex } = value as Partial<Checksum>;
  if (algorithm === undefined || typeof hex !== 'string') return false;
  return /^[0-9a-f]+$/.test(hex) && hex.length === HEX_DIGITS[algorithm];
}

/** Whether a value is a number of bytes. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The name of an item in messages: its file name, or its URL without user and password. */
export function labelOf(item: Item): string {
  return item.name ?? withoutCredentials(item.url);
}
