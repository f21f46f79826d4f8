import type { SQLOutputValue } from 'node:sqlite';
import type { PreviousRecord } from '../record.ts';
import { IS_DONE } from '../schema.ts';
import type { RowIdentity } from './row-identity.ts';

/** A record of an earlier run, and the row that it belongs to. */
export interface KnownRow extends RowIdentity, PreviousRecord {
  readonly id: number;
  readonly hash: number;
}

/** The columns of `records` that {@link knownRow} takes, in its order. */
export const KNOWN_COLUMNS: string = `id, hash, occurrence, url, name, ${IS_DONE}, path, bytes, digest, etag, last_modified`;

/** @param values those of {@link KNOWN_COLUMNS}; each has the type that its column has in a STRICT table */
export function knownRow(values: readonly SQLOutputValue[]): KnownRow {
  const [id, hash, occurrence, url, name, isDone, path, bytes, digest, etag, lastModified] =
    values as [number, number, number, string, Text, number, Text, number, Text, Text, Text];
  return {
    id,
    hash,
    occurrence,
    url,
    name,
    isDone: isDone === 1,
    path: path ?? undefined,
    bytes,
    digest: digest ?? undefined,
    etag: etag ?? undefined,
    lastModified: lastModified ?? undefined,
  };
}

type Text = string | null;
