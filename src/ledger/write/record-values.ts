import { isAbsolute, relative, sep } from 'node:path';
import type { Item } from '../../model/item.ts';
import type { Outcome } from '../../model/outcome.ts';
import { safeLine } from '../../model/safe-text.ts';
import { withoutCredentials, withoutUserinfo } from '../../model/without-credentials.ts';
import { slashed } from '../paths.ts';
import type { RecordValue } from '../schema.ts';
import type { TakenRow } from './row-register.ts';

/** Characters of a message that are kept: a server's or a list's own words may be of any length. */
const LONGEST_MESSAGE = 500;

/** Characters of a content type that are kept. */
const LONGEST_TYPE = 200;

/** What a record says besides the outcome. */
export interface RecordContext {
  readonly row: Pick<TakenRow, 'id' | 'hash' | 'occurrence'>;
  readonly run: number;
  readonly directory: string;
}

/**
 * Adds an outcome to `values` as the writer takes it, in the order of `COLUMNS`. No secret gets past
 * here.
 */
export function addRecord(
  values: RecordValue[],
  outcome: Outcome,
  { row, run, directory }: RecordContext,
): void {
  const { item, status, path, timings } = outcome;
  const message = outcome.error?.detail ?? outcome.note;
  values.push(
    row.id,
    row.hash,
    row.occurrence,
    withoutCredentials(item.url),
    item.name ?? null,
    run,
    status,
    outcome.reason ?? null,
    outcome.httpStatus ?? null,
    outcome.finalUrl === undefined ? null : withoutCredentials(outcome.finalUrl),
    path === undefined ? null : within(directory, path),
    outcome.bytes,
    outcome.digest ?? null,
    outcome.etag ?? null,
    outcome.lastModified ?? null,
    outcome.contentType === undefined ? null : safeLine(outcome.contentType).slice(0, LONGEST_TYPE),
    outcome.attempts,
    outcome.startedAt === undefined ? null : Math.round(outcome.startedAt),
    rounded(outcome.queued),
    rounded(outcome.elapsed),
    rounded(timings?.sent),
    rounded(timings?.firstByte),
    rounded(timings?.end),
    message === undefined ? null : safeLine(message).slice(0, LONGEST_MESSAGE).toWellFormed(),
    status === 'ok' || status === 'skipped' ? null : detailsOf(item),
  );
}

/** What another try needs to know of the row, as JSON. Headers may be secrets, so they are not kept. */
function detailsOf({ mirrors, directory, checksum, columns }: Item): string | null {
  if (mirrors === undefined && directory === undefined && checksum === undefined) {
    if (columns === undefined) return null;
  }
  return JSON.stringify({
    mirrors: mirrors?.map(withoutCredentials),
    directory,
    checksum,
    columns: columns && withoutSecrets(columns),
  });
}

/** A list's columns may hold the row's URL again. */
function withoutSecrets(columns: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(columns).map(([name, value]) => [name, withoutUserinfo(value)]);
  return Object.fromEntries(entries);
}

/** `path` relative to `directory`, with slashes on every system. */
function within(directory: string, path: string): string {
  // The usual form, for which there is nothing to work out.
  const inside = path.startsWith(directory) && path[directory.length] === sep;
  if (inside) return slashed(path.slice(directory.length + 1));
  // A sink may give paths that are relative to the directory already.
  return slashed(isAbsolute(path) === isAbsolute(directory) ? relative(directory, path) : path);
}

/** ms with three digits after the point: more is noise, and takes room. */
function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 1000) / 1000;
}
