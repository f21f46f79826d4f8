import type { Item } from '../../model/item.ts';
import type { ResponseHead } from '../../model/response.ts';
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

/** What the name of a sample's file is made of. */
export interface SampleFacts {
  readonly key: string;
  /** Without a dot; empty for a file without an extension. */
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
 * states, of the media type, or of the URL's path; `bin` when none of them has one.
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
