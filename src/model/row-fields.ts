/**
 * The one table of what is recorded and reported of a row. The ledger's columns, its reading and writing,
 * JSON, CSV, the columns of `--where` and those of the page all derive from it. A new field is a line at
 * the end of the table, for something that {@link Outcome} says.
 */
import { type Outcome, STATUSES, type Status } from './outcome.ts';
import { safeLine } from './safe-text.ts';
import { withoutCredentials } from './without-credentials.ts';

/** What is known of a field, whatever the type of its values. */
interface FieldFacts {
  /** Its column in the ledger's `rows`. */
  readonly column: string;
  /**
   * `required`: every row has a value. `null`: JSON says `null` where a row has none. By default JSON
   * leaves the field out then.
   */
  readonly presence?: 'required' | 'null';
  /** The object that JSON has it in; by default the row's own. */
  readonly group?: 'timings';
  /** The version of the ledger's tables that it came with, since version 3. */
  readonly since?: number;
  /** It describes the file in the directory, and stays while no newer file takes that one's place. */
  readonly isOfFile?: true;
  /** A moment, in ms since the epoch. */
  readonly isTime?: true;
  /** The ledger keeps no more characters than these: servers and lists may send any number. */
  readonly longest?: number;
  /** All possible values. */
  readonly words?: readonly string[];
  /**
   * Its label in the page's row details; '' where the page shows it elsewhere. By default the page does not
   * have it.
   */
  readonly page?: string;
}

interface TextField extends FieldFacts {
  readonly type: 'text';
  /** The value of an outcome, without secrets. */
  readonly of: (outcome: Outcome) => string | undefined;
}

/** `integer`, or `ms`, which are kept to the microsecond. */
interface NumberField extends FieldFacts {
  readonly type: 'integer' | 'ms';
  readonly of: (outcome: Outcome) => number | undefined;
}

/** True, or absent. */
interface FlagField extends FieldFacts {
  readonly type: 'flag';
  readonly of: (outcome: Outcome) => true | undefined;
}

// biome-ignore format: a table, a field on each line
const FIELDS = {
  index: { type: 'integer', column: 'idx', presence: 'required', page: '', of: ({ item }) => item.position ?? item.index },
  url: { type: 'text', column: 'url', presence: 'required', page: '', of: ({ item }) => withoutCredentials(item.url) },
  status: { type: 'text', column: 'status', presence: 'required', words: STATUSES, page: '', of: ({ status }) => status },
  reason: { type: 'text', column: 'reason', presence: 'null', page: '', of: ({ reason }) => reason },
  path: { type: 'text', column: 'path', presence: 'null', page: 'File', of: ({ path }) => path },
  bytes: { type: 'integer', column: 'bytes', presence: 'required', isOfFile: true, page: 'Size', of: ({ bytes }) => bytes },
  httpStatus: { type: 'integer', column: 'http_status', presence: 'null', page: 'HTTP', of: ({ httpStatus }) => httpStatus },
  attempts: { type: 'integer', column: 'attempts', presence: 'required', page: 'Tries', of: ({ attempts }) => attempts },
  name: { type: 'text', column: 'name', of: ({ item }) => item.name },
  finalUrl: { type: 'text', column: 'final_url', of: ({ finalUrl }) => finalUrl && withoutCredentials(finalUrl) },
  digest: { type: 'text', column: 'digest', isOfFile: true, of: ({ digest }) => digest },
  etag: { type: 'text', column: 'etag', isOfFile: true, of: ({ etag }) => etag },
  lastModified: { type: 'text', column: 'last_modified', isOfFile: true, of: ({ lastModified }) => lastModified },
  queued: { type: 'ms', column: 'queued', of: ({ queued }) => queued },
  startedAt: { type: 'integer', column: 'started_at', isTime: true, of: ({ startedAt }) => startedAt },
  elapsed: { type: 'ms', column: 'elapsed', of: ({ elapsed }) => elapsed },
  sent: { type: 'ms', column: 'sent', group: 'timings', of: ({ timings }) => timings?.sent },
  firstByte: { type: 'ms', column: 'first_byte', group: 'timings', of: ({ timings }) => timings?.firstByte },
  end: { type: 'ms', column: 'body_end', group: 'timings', of: ({ timings }) => timings?.end },
  message: { type: 'text', column: 'message', longest: 500, page: 'Message', of: messageOf },
  contentType: { type: 'text', column: 'content_type', since: 4, isOfFile: true, longest: 200, of: contentTypeOf },
  originDown: { type: 'flag', column: 'origin_down', since: 5, of: ({ originDown }) => originDown },
  resolvedAddress: { type: 'text', column: 'resolved_address', since: 5, page: 'Address', of: ({ resolvedAddress }) => resolvedAddress },
  insecure: { type: 'flag', column: 'insecure', since: 6, isOfFile: true, of: ({ insecure }) => insecure },
  earlierTries: { type: 'ms', column: 'earlier_tries', since: 6, of: ({ earlierTries }) => earlierTries },
  savedAt: { type: 'integer', column: 'saved_at', since: 6, isTime: true, isOfFile: true, of: ({ savedAt }) => savedAt },
  checksum: { type: 'text', column: 'checksum', since: 6, isOfFile: true, of: checksumOf },
  key: { type: 'text', column: 'key', since: 6, of: ({ item }) => item.key },
  duplicateOf: { type: 'text', column: 'duplicate_of', since: 7, isOfFile: true, page: 'Same as', of: ({ duplicateOf }) => duplicateOf },
} as const satisfies Readonly<Record<string, TextField | NumberField | FlagField>>;

/** The failure in one line; of a file that is there, what was tolerated. */
function messageOf({ error, note }: Outcome): string | undefined {
  const message = error?.detail ?? note;
  return message === undefined ? undefined : safeLine(message);
}

/** The checksum that the file was checked against. */
function checksumOf({ item: { checksum }, savedAt }: Outcome): string | undefined {
  const isChecked = checksum !== undefined && savedAt !== undefined;
  return isChecked ? `${checksum.algorithm}:${checksum.hex}` : undefined;
}

function contentTypeOf({ contentType }: Outcome): string | undefined {
  return contentType === undefined ? undefined : safeLine(contentType);
}

type Fields = typeof FIELDS;
type FieldName = keyof Fields;
type NamesWith<Facts> = {
  [Name in FieldName]: Fields[Name] extends Facts ? Name : never;
}[FieldName];
type RequiredName = NamesWith<{ readonly presence: 'required' }>;
type ValueOf<Name extends FieldName> = Fields[Name]['type'] extends 'text'
  ? string
  : Fields[Name]['type'] extends 'flag'
    ? true
    : number;
type Required = { readonly [Name in RequiredName]: ValueOf<Name> };
type Optional = { readonly [Name in Exclude<FieldName, RequiredName>]?: ValueOf<Name> | undefined };

/** What is recorded and reported of a row, without secrets: a value for each field of the table. */
export interface RowRecord extends Required, Optional {
  readonly status: Status;
}

export type FieldValue = string | number | true;

/** A field of the table, and what it is called: in JSON, in CSV, and in conditions. */
export type RowField = (TextField | NumberField | FlagField) & { readonly name: FieldName };

/** All fields, in the order of JSON and CSV. */
export const ROW_FIELDS: readonly RowField[] = Object.entries(FIELDS).map(
  // The names are those of the table, which Object.entries() does not tell TypeScript.
  ([name, field]) => ({ ...field, name: name as FieldName }),
);

/** The names of the fields that the page has. */
export type PageFieldName = NamesWith<{ readonly page: string }>;

/** The fields that the page has. */
export const PAGE_FIELDS = ROW_FIELDS.filter(
  (field): field is RowField & { readonly name: PageFieldName; readonly page: string } =>
    field.page !== undefined,
);

/** A record of what `value` says about each field. */
export function rowRecord(value: (field: RowField) => FieldValue | undefined): RowRecord {
  const record: Partial<Record<FieldName, FieldValue | undefined>> = {};
  for (const field of ROW_FIELDS) record[field.name] = value(field);
  // TypeScript cannot see that each value is of its field's type.
  return record as RowRecord;
}

/** How a row ended, as it is recorded and reported. */
export function rowRecordOf(outcome: Outcome): RowRecord {
  return rowRecord(({ of }) => of(outcome));
}
