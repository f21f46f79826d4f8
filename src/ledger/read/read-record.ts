import type { SQLOutputValue } from 'node:sqlite';
import { type FieldValue, type RowField, rowRecord } from '../../model/row-fields.ts';
import { Fields } from '../fields.ts';
import type { LedgerRecord } from '../record.ts';
import { readDetails } from './read-details.ts';

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
