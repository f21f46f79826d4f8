import { ROW_FIELDS, type RowRecord } from '../model/row-fields.ts';
import { printable } from '../model/safe-text.ts';

/** The names of the columns, as in the JSON. */
export const CSV_HEADER = `${ROW_FIELDS.map(({ name }) => name).join(',')}\r\n`;

/** One row of a table (RFC 4180), its end included. */
export function csvLine(row: RowRecord): string {
  return `${ROW_FIELDS.map(({ name }) => cell(row[name])).join(',')}\r\n`;
}

/**
 * A spreadsheet takes a cell that begins like this for a formula, and what servers and lists say must not
 * run (https://owasp.org/www-community/attacks/CSV_Injection). Such a cell gets a `'` before it. Numbers
 * are our own.
 */
const FORMULA = /^[=+\-@＝＋－＠]/u;

function cell(value: string | number | true | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const line = printable(value);
  const text = FORMULA.test(line) ? `'${line}` : line;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
