import type { SQLOutputValue } from 'node:sqlite';
import type { Status } from '../model/outcome.ts';
import type { LedgerRecord } from './record.ts';

/** A row of the table as the record that it is. */
export function readRecord(row: Readonly<Record<string, SQLOutputValue>>): LedgerRecord {
  const text = (column: string) => (row[column] === null ? undefined : String(row[column]));
  const number = (column: string) => (row[column] === null ? undefined : Number(row[column]));
  const [sent, firstByte, end] = [number('sent'), number('first_byte'), number('body_end')];
  const isTimed = sent !== undefined && firstByte !== undefined && end !== undefined;
  const details = text('details');
  return {
    id: Number(row.id),
    occurrence: Number(row.occurrence),
    run: Number(row.run),
    seen: Number(row.seen),
    index: Number(row.idx),
    url: String(row.url),
    name: text('name'),
    status: row.status as Status,
    reason: text('reason'),
    httpStatus: number('http_status'),
    finalUrl: text('final_url'),
    path: text('path'),
    bytes: Number(row.bytes),
    digest: text('digest'),
    etag: text('etag'),
    lastModified: text('last_modified'),
    contentType: text('content_type'),
    attempts: Number(row.attempts),
    startedAt: number('started_at'),
    queued: number('queued'),
    elapsed: number('elapsed'),
    timings: isTimed ? { sent, firstByte, end } : undefined,
    message: text('message'),
    details: details === undefined ? undefined : JSON.parse(details),
  };
}
