import { printable } from '../model/safe-text.ts';
import type { ReportedRow } from './reported-row.ts';

const COLUMNS = [
  ...['index', 'url', 'status', 'reason', 'path', 'bytes', 'httpStatus', 'attempts'],
  ...['name', 'finalUrl', 'digest', 'etag', 'lastModified', 'queued', 'startedAt', 'elapsed'],
  ...['sent', 'firstByte', 'end', 'message', 'contentType'],
];

/** The names of the columns, as in the JSON. */
export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/** One row of a table (RFC 4180), its end included. */
export function csvLine({ timings, ...row }: ReportedRow): string {
  const { index, url, status, reason, path, bytes, httpStatus, attempts } = row;
  const { name, finalUrl, digest, etag, lastModified, message, contentType } = row;
  const { queued, startedAt, elapsed } = row;
  const cells = [
    ...[index, url, status, reason, path, bytes, httpStatus, attempts],
    ...[name, finalUrl, digest, etag, lastModified, queued, startedAt, elapsed],
    ...[timings?.sent, timings?.firstByte, timings?.end, message, contentType],
  ];
  return `${cells.map(cell).join(',')}\r\n`;
}

/**
 * What comes from servers and lists must not run: a spreadsheet takes a cell that begins like this
 * for a formula (https://owasp.org/www-community/attacks/CSV_Injection). Such a cell gets a `'` before
 * it. Numbers are ours.
 */
const FORMULA = /^[=+\-@＝＋－＠]/u;

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const line = printable(value);
  const text = FORMULA.test(line) ? `'${line}` : line;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
