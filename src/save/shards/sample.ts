import type { Item } from '../../model/item.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { ResponseHead } from '../../model/response.ts';
import { type FieldValue, ROW_FIELDS, rowRecordOf } from '../../model/row-fields.ts';
import { withoutUserinfo } from '../../model/without-credentials.ts';
import { parseContentDisposition } from '../names/content-disposition.ts';
import { lastSegment, safeName, splitName } from '../names/naming.ts';

/** The number of a shard in its name and in keys, so that names sort. */
const SHARD_DIGITS = 5;

/** The name of a shard without its extension: `00012`. */
export function shardStem(shard: number): string {
  return String(shard).padStart(SHARD_DIGITS, '0');
}

/**
 * The key of a sample: the shard's number and the sample's place in it, so it is never used again. It has
 * no dot: readers of the WebDataset format take what is before the first dot for the key.
 */
export function sampleKey(shard: number, place: number, digits: number): string {
  return shardStem(shard) + String(place).padStart(digits, '0');
}

/** What a sample is written from. */
export interface SampleFacts {
  readonly key: string;
  /** Without a dot; empty when there is none. */
  readonly extension: string;
}

/** The extensions that a sample's other members have. */
const TAKEN = new Set(['json', 'txt']);

/** The name of the file in a sample: `KEY.jpg`, or `KEY.file.json` where the metadata has that name. */
export function bodyName({ key, extension }: SampleFacts): string {
  return `${key}.${TAKEN.has(extension) ? `file.${extension}` : extension}`;
}

/**
 * Extensions of media types that data sets have. `application/octet-stream`, `text/plain` and the like say
 * too little, and are left out.
 */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/jpg': 'jpg',
  'image/pjpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/jxl': 'jxl',
  'image/bmp': 'bmp',
  'image/tiff': 'tiff',
  'image/svg+xml': 'svg',
  'image/x-icon': 'ico',
  'image/vnd.microsoft.icon': 'ico',
  'audio/mpeg': 'mp3',
  'audio/flac': 'flac',
  'audio/x-flac': 'flac',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/aac': 'aac',
  'audio/mp4': 'm4a',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'application/pdf': 'pdf',
  'application/json': 'json',
  'application/zip': 'zip',
  'application/epub+zip': 'epub',
  'text/html': 'html',
  'text/csv': 'csv',
};

/**
 * The extension of a row's file, in lower case: that of the row's own name, of the name that the server
 * states, of the media type, or of the URL's path; `bin` when there is none.
 */
export function extensionOf(item: Item, head: ResponseHead | undefined): string {
  const { contentDisposition, contentType, url = item.url } = head ?? {};
  const stated =
    contentDisposition === undefined ? undefined : parseContentDisposition(contentDisposition);
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const found =
    extensionIn(item.name) ??
    extensionIn(stated) ??
    (Object.hasOwn(EXTENSIONS, mediaType) ? EXTENSIONS[mediaType] : undefined) ??
    extensionIn(nameIn(item.url)) ??
    extensionIn(nameIn(url)) ??
    'bin';
  return found === 'jpeg' || found === 'jpe' ? 'jpg' : found;
}

function extensionIn(name: string | undefined): string | undefined {
  const { extension = '' } = name === undefined ? {} : splitName(safeName(name));
  return extension === '' ? undefined : extension.toLowerCase();
}

function nameIn(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed === null ? undefined : lastSegment(parsed);
}

/** What is said of one row beside its file: the record's fields, and the columns of the row. */
export type RowFacts = Record<string, FieldValue | null | undefined>;

/**
 * What `KEY.json` and the table of a shard say about a row. `key` is that of the sample; what identifies
 * the row is `rowKey`. A column that is called like a field is `column:NAME`, as in name templates.
 * @param key undefined for a row without a file
 * @param file the path of the file within the storage
 */
export function rowFacts(outcome: Outcome, key?: string, file?: string): RowFacts {
  const record = rowRecordOf(outcome);
  const facts: RowFacts = { key: key ?? null };
  for (const { name, presence } of ROW_FIELDS) {
    const value = record[name] ?? (presence === 'null' ? null : undefined);
    if (value === undefined) continue;
    const rounded = typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
    facts[name === 'key' ? 'rowKey' : name] = rounded;
  }
  facts.path = file ?? null;
  for (const [name, value] of Object.entries(outcome.item.columns ?? {})) {
    facts[columnName(name)] = withoutUserinfo(value);
  }
  return facts;
}

const FIELD_NAMES: ReadonlySet<string> = new Set(['rowKey', ...ROW_FIELDS.map(({ name }) => name)]);

/** What a row's column is called beside the fields. */
function columnName(name: string): string {
  return FIELD_NAMES.has(name) || name === '__proto__' ? `column:${name}` : name;
}
