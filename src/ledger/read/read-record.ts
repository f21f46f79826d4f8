import type { SQLOutputValue } from 'node:sqlite';
import { STATUSES } from '../../model/outcome.ts';
import { Fields } from '../fields.ts';
import type { LedgerRecord } from '../record.ts';
import { readDetails } from './read-details.ts';

/**
 * A row of the table as the record that it is.
 * @throws Error for what no run writes, as in an edited ledger
 */
export function readRecord(row: Readonly<Record<string, SQLOutputValue>>): LedgerRecord {
  const fields = new Fields(row, `its record ${row.id}`);
  const text = (column: string) => fields.optionalText(column);
  const number = (column: string) => fields.optionalNumber(column);
  const [sent, firstByte, end] = [number('sent'), number('first_byte'), number('body_end')];
  const isTimed = sent !== undefined && firstByte !== undefined && end !== undefined;
  const details = text('details');
  return {
    id: fields.number('id'),
    occurrence: fields.number('occurrence'),
    run: fields.number('run'),
    seen: fields.number('seen'),
    index: fields.number('idx'),
    url: fields.text('url'),
    name: text('name'),
    status: fields.word('status', STATUSES),
    reason: text('reason'),
    httpStatus: number('http_status'),
    finalUrl: text('final_url'),
    path: text('path'),
    bytes: fields.number('bytes'),
    digest: text('digest'),
    etag: text('etag'),
    lastModified: text('last_modified'),
    contentType: text('content_type'),
    attempts: fields.number('attempts'),
    startedAt: number('started_at'),
    queued: number('queued'),
    elapsed: number('elapsed'),
    timings: isTimed ? { sent, firstByte, end } : undefined,
    message: text('message'),
    details: details === undefined ? undefined : (readDetails(details) ?? fields.wrong('details')),
  };
}
