import { EncodingError } from '../../../model/failure.ts';

/** The content codings that requests ask for: those that servers use and that are decoded here. */
export const ACCEPTED_CODINGS = 'gzip, br, zstd';

/** A content coding that is decoded here (RFC 9110 section 8.4.1, RFC 8878). */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

const CODINGS: ReadonlySet<string> = new Set<Coding>(['gzip', 'deflate', 'br', 'zstd']);

/** Other names of codings. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'x-gzip': 'gzip',
    'x-deflate': 'deflate',
    brotli: 'br',
    'x-zstd': 'zstd',
    'x-compress': 'compress',
    'x-bzip2': 'bzip2',
    'x-bzip': 'bzip2',
    bz2: 'bzip2',
    'x-xz': 'xz',
    'x-lzma': 'lzma',
    'x-zip': 'zip',
    'x-zip-compressed': 'zip',
  }),
);

/** Values that servers send for bodies without a coding; most belong into another header. */
const IDENTITY: ReadonlySet<string> = new Set([
  '',
  'identity',
  'none',
  'null',
  'utf-8',
  'utf8',
  'us-ascii',
  'ascii',
  'iso-8859-1',
  'binary',
  '7bit',
  '8bit',
  // Set when an object is uploaded to S3, which keeps the word and not the coding.
  'aws-chunked',
]);

/** More than one coding is rare, and more than a few are an attack. */
const MOST_CODINGS = 4;

/**
 * The codings to undo, in the order in which they were applied.
 *
 * @param values the lines of `Content-Encoding`, in order
 * @param own the compression of the file itself, as `ownCompression` gives it: that coding is kept
 * @throws EncodingError for an unknown coding
 */
export function codingsOf(values: readonly string[], own?: string): readonly Coding[] {
  if (values.length === 0) return [];
  const applied = values
    .flatMap((value) => value.split(','))
    .map((word) => word.trim().toLowerCase())
    .filter((word) => !IDENTITY.has(word))
    .map((word) => ALIASES.get(word) ?? word);
  if (own !== undefined && applied[0] === own) applied.shift();
  if (applied.length > MOST_CODINGS || !applied.every(isKnown)) {
    throw new EncodingError(values.join(', ').slice(0, LONGEST_SHOWN));
  }
  return applied;
}

/** The longest header value in a message, in characters. */
const LONGEST_SHOWN = 80;

function isKnown(word: string): word is Coding {
  return CODINGS.has(word);
}

/** The compression of a file, by the ending of its name, in the words of `codingsOf`. */
const OF_NAME: Readonly<Record<string, string>> = {
  gz: 'gzip',
  gzip: 'gzip',
  tgz: 'gzip',
  taz: 'gzip',
  svgz: 'gzip',
  emz: 'gzip',
  wmz: 'gzip',
  cpgz: 'gzip',
  z: 'compress',
  bz2: 'bzip2',
  tbz: 'bzip2',
  tbz2: 'bzip2',
  xz: 'xz',
  txz: 'xz',
  lzma: 'lzma',
  tlz: 'lzma',
  zst: 'zstd',
  zstd: 'zstd',
  tzst: 'zstd',
  br: 'br',
  tbr: 'br',
  zz: 'deflate',
  zlib: 'deflate',
  zip: 'zip',
  jar: 'zip',
  '7z': '7z',
  rar: 'rar',
  lz4: 'lz4',
  lz: 'lzip',
};

/** The media types of archives and compressed files, without `application/` and `x-`. */
const OF_TYPE: Readonly<Record<string, string>> = {
  gzip: 'gzip',
  gunzip: 'gzip',
  gzipped: 'gzip',
  'gzip-compressed': 'gzip',
  gtar: 'gzip',
  tgz: 'gzip',
  'tar-gz': 'gzip',
  'compressed-tar': 'gzip',
  compress: 'compress',
  bzip: 'bzip2',
  bzip2: 'bzip2',
  'bzip-compressed-tar': 'bzip2',
  xz: 'xz',
  'xz-compressed-tar': 'xz',
  lzma: 'lzma',
  zstd: 'zstd',
  'zstd-compressed-tar': 'zstd',
  brotli: 'br',
  zlib: 'deflate',
  zip: 'zip',
  'zip-compressed': 'zip',
};

/** What tells how a file is compressed. */
export interface NamedFile {
  /** The file's URLs and names. */
  readonly names: readonly (string | undefined)[];
  readonly contentType?: string | undefined;
  readonly contentDisposition?: string | undefined;
}

/**
 * The compression of a file itself, by its names and its media type. A server that names the same
 * one in `Content-Encoding` means the file's own, which has to be kept; browsers do so, too.
 *
 * @returns the compression, in the words of `codingsOf`; undefined when the file is not known to be
 *   compressed
 */
export function ownCompression(file: NamedFile): string | undefined {
  const { names, contentType, contentDisposition } = file;
  for (const name of names) {
    const own = name === undefined ? undefined : compressionOfName(name);
    if (own !== undefined) return own;
  }
  return ofDisposition(contentDisposition) ?? ofType(contentType);
}

/** @param name a file's name, or a URL, of which the path counts */
export function compressionOfName(name: string): string | undefined {
  const path = name.includes('://') ? pathOf(name) : name;
  const dot = path.lastIndexOf('.');
  if (dot === -1 || path.length - dot > LONGEST_ENDING) return undefined;
  return own(OF_NAME, path.slice(dot + 1).toLowerCase());
}

/** The longest ending, in characters, with its dot. */
const LONGEST_ENDING = 6;

function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  // The host's own ending says nothing.
  return path.indexOf('/', path.indexOf('://') + 3) === -1 ? '' : path;
}

/** Any of the names in the header will do: which one is used is decided elsewhere. */
function ofDisposition(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  for (const part of header.split(';')) {
    const text = part.trimEnd();
    const found = compressionOfName(text.endsWith('"') ? text.slice(0, -1) : text);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ofType(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  const [type = ''] = contentType.toLowerCase().split(';', 1);
  const name = type.trim();
  if (!name.startsWith('application/')) return undefined;
  const subtype = name.slice('application/'.length);
  return own(OF_TYPE, subtype.startsWith('x-') ? subtype.slice(2) : subtype);
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
