import type { Outcome } from '../../model/outcome.ts';
import { ROW_FIELDS } from '../../model/row-fields.ts';
import { withoutUserinfo } from '../../model/without-credentials.ts';

/** Where the file of a row is in the shards. */
export interface SamplePlace {
  /** Undefined when the file is the sample of an earlier row, with the same contents. */
  readonly key: string | undefined;
  /** The path of the file within the storage: `00012.tar/000120003.jpg`. */
  readonly path: string;
}

/** The fields, each with its name in JSON. All have one shape, which V8 reads faster. */
const FIELDS = ROW_FIELDS.filter(({ name }) => name !== 'path' && name !== 'duplicateOf').map(
  ({ name, of, type, presence }) => ({
    of,
    start: `,${JSON.stringify(fieldName(name))}:`,
    precision: type === 'ms' ? 1000 : 1,
    isNull: presence === 'null',
  }),
);

/** What a field of a record is called in a shard: `key` is the sample's there. */
export function fieldName(name: string): string {
  return name === 'key' ? 'rowKey' : name;
}

const NAMES: ReadonlySet<string> = new Set([
  'key',
  '__proto__',
  ...ROW_FIELDS.map(({ name }) => fieldName(name)),
]);

/** Matches what may need escaping. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has to escape them
const NOT_PLAIN = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * What `KEY.json` and the table of a shard say of a row, as JSON in one line: the fields of its record, and
 * its columns, but for a column `url` with the row's URL. `key` is that of the sample, and `rowKey` what identifies the row. A column that is called
 * like a field is `column:NAME`, as in name templates. Secrets are left out.
 *
 * It is put together by hand, as this is done for every row: an object and JSON.stringify take three times
 * as long.
 *
 * @param place undefined for a row without a file
 */
export function rowJson(outcome: Outcome, place: SamplePlace | undefined): string {
  let json = `{"key":${textOf(place?.key)},"path":${textOf(place?.path)}`;
  for (const { of, start, precision, isNull } of FIELDS) {
    const value = of(outcome);
    if (value === undefined) {
      if (isNull) json += `${start}null`;
    } else if (typeof value === 'string') {
      json += start + textOf(value);
    } else if (value === true) {
      json += `${start}true`;
    } else {
      json += start + Math.round(value * precision) / precision;
    }
  }
  if (place !== undefined && place.key === undefined)
    json += `,"duplicateOf":${textOf(place.path)}`;
  const { columns, url } = outcome.item;
  if (columns !== undefined) {
    for (const [name, value] of Object.entries(columns)) {
      // It would be there twice.
      if (name === 'url' && value === url) continue;
      json += `,${textOf(NAMES.has(name) ? `column:${name}` : name)}:${textOf(withoutUserinfo(value))}`;
    }
  }
  return `${json}}`;
}

function textOf(value: string | undefined): string {
  if (value === undefined) return 'null';
  return NOT_PLAIN.test(value) ? JSON.stringify(value) : `"${value}"`;
}
