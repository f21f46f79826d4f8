import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { type FieldValue, ROW_FIELDS, type RowRecord } from '../../model/row-fields.ts';
import { OWN_COLUMNS, SCHEMA } from '../schema.ts';

/** The final record of a row. */
export interface FinalRecord {
  /** The row's id within its plan. */
  readonly id: number;
  readonly record: RowRecord;
}

/** Characters that are sent at a time. */
const CHUNK = 64 * 1024;

/** Statement of the copy: what is in it comes from our own tables. */
const COPY = `COPY ${SCHEMA}.records (${[...OWN_COLUMNS, ...ROW_FIELDS.map(({ column }) => column)].join(', ')}) FROM STDIN`;

/**
 * Copies records into the database, as a part of a transaction.
 * @throws the database's errors; one with SQLSTATE 23505 when a row has a record already
 */
export async function copyRecords(
  client: PoolClient,
  records: readonly FinalRecord[],
  { plan, shard }: { readonly plan: number; readonly shard: number },
): Promise<void> {
  const { from } = await import('pg-copy-streams');
  const into = client.query(from(COPY));
  await pipeline(chunksOf(records, `${plan}`, `${shard}`), into);
}

function* chunksOf(
  records: readonly FinalRecord[],
  plan: string,
  shard: string,
): Generator<string, void> {
  let chunk = '';
  for (const { id, record } of records) {
    chunk += `${plan}\t${id}\t${shard}`;
    for (const { name, type, longest = Number.POSITIVE_INFINITY } of ROW_FIELDS) {
      chunk += `\t${copied(record[name], type, longest)}`;
    }
    chunk += '\n';
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

/** What means something else in the text format of COPY, and NUL, which no text of PostgreSQL has. */
const SPECIAL = /[\\\n\r\t\0]/;
const EACH_SPECIAL = /[\\\n\r\t\0]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\ufffd',
};

/** A value in the text format of COPY. */
function copied(value: FieldValue | undefined, type: string, longest: number): string {
  if (value === undefined) return '\\N';
  if (value === true) return 't';
  if (typeof value === 'number') {
    return String(type === 'ms' ? Math.round(value * 1000) / 1000 : Math.round(value));
  }
  const text = value.length > longest ? value.slice(0, longest) : value;
  const escaped = SPECIAL.test(text)
    ? text.replace(EACH_SPECIAL, (character) => ESCAPES[character] ?? '')
    : text;
  // Half of a surrogate pair has no UTF-8.
  return escaped.toWellFormed();
}
