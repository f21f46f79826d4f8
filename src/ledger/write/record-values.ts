import { isAbsolute, relative, sep } from 'node:path';
import type { Item } from '../../model/item.ts';
import { isDone, type Outcome } from '../../model/outcome.ts';
import { withoutCredentials, withoutUserinfo } from '../../model/without-credentials.ts';
import { slashed } from '../folder.ts';
import { type RecordValue, STORED_FIELDS } from '../schema.ts';
import type { TakenRow } from './row-register.ts';

/** What a record has besides the outcome. */
export interface RecordContext {
  readonly row: Pick<TakenRow, 'id' | 'hash' | 'occurrence'>;
  readonly run: number;
  readonly directory: string;
  /** What the paths of files begin with. @default the directory */
  readonly files?: string | undefined;
}

/** How each field is stored. All have one shape, which V8 reads faster: this is done for every row. */
const FIELDS = STORED_FIELDS.map(({ of, name, type, longest }) => ({
  of,
  isPath: name === 'path' || name === 'duplicateOf',
  longest: longest ?? Number.POSITIVE_INFINITY,
  // More digits would be noise, and take room.
  precision: type === 'ms' ? 1000 : 1,
}));

/**
 * Adds an outcome to `values` as the writer takes it, in the order of `COLUMNS`. No secret gets past
 * here.
 */
export function addRecord(
  values: RecordValue[],
  outcome: Outcome,
  { row, run, directory, files = directory }: RecordContext,
): void {
  values.push(row.id, row.hash, row.occurrence, run);
  for (const { of, isPath, longest, precision } of FIELDS) {
    const value = of(outcome);
    if (value === undefined) values.push(null);
    else if (typeof value === 'number') values.push(Math.round(value * precision) / precision);
    else if (value === true) values.push(1);
    else if (isPath) values.push(within(files, value));
    else values.push(value.length > longest ? value.slice(0, longest).toWellFormed() : value);
  }
  values.push(isDone(outcome.status) ? null : detailsOf(outcome.item));
}

/** Adds the values of {@link CONFIRM} for a row. */
export function addConfirmation(
  values: RecordValue[],
  { item, path, bytes, savedAt }: Outcome,
  { row, directory, files = directory }: RecordContext,
): void {
  const { checksum } = item;
  const checked = checksum === undefined ? null : `${checksum.algorithm}:${checksum.hex}`;
  const file = path === undefined ? null : within(files, path);
  values.push(file, bytes, checked, savedAt ?? null, row.id);
}

/** The details of a row that another try needs, as JSON. Headers may be secrets, so they are not stored. */
function detailsOf({ mirrors, directory, checksum, size, columns }: Item): string | null {
  if (mirrors === undefined && directory === undefined && checksum === undefined) {
    if (size === undefined && columns === undefined) return null;
  }
  return JSON.stringify({
    mirrors: mirrors?.map(withoutCredentials),
    directory,
    checksum,
    size,
    columns: columns && withoutSecrets(columns),
  });
}

/** The columns of a list may have the row's URL again. */
function withoutSecrets(columns: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(columns).map(([name, value]) => [name, withoutUserinfo(value)]);
  return Object.fromEntries(entries);
}

/** `path` relative to `directory`, with slashes on every system. */
function within(directory: string, path: string): string {
  // The usual form, which needs no path arithmetic.
  const inside = path.startsWith(directory) && path[directory.length] === sep;
  if (inside) return slashed(path.slice(directory.length + 1));
  // A sink may give paths that are already relative to the directory.
  return slashed(isAbsolute(path) === isAbsolute(directory) ? relative(directory, path) : path);
}
