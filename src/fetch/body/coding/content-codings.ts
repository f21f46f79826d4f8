import { EncodingError } from '../../../model/failure.ts';

/** What a request may ask for: the content codings that are decoded here and that servers use. */
export const ACCEPTED_CODINGS = 'gzip, br, zstd';

/** A content coding that is decoded here (RFC 9110 section 8.4.1, and what came later). */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

const CODINGS: ReadonlySet<string> = new Set<Coding>(['gzip', 'deflate', 'br', 'zstd']);

/** Other words for codings. */
const ALIASES: Readonly<Record<string, string>> = {
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
};

/** What servers say of bodies that are not encoded: most of it is of another header. */
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
  // How an object was uploaded to S3, which keeps the word and not the coding.
  'aws-chunked',
]);

/** More than one coding is rare, and more than a few are an attack. */
const MOST_CODINGS = 4;

/**
 * The codings to undo of those that `Content-Encoding` names, in the order in which they were applied.
 * @param values of all its lines, in order
 * @param own how the file itself is compressed, as `ownCompression` says: that coding is the file
 * @throws EncodingError for one that is not known
 */
export function codingsOf(values: readonly string[], own?: string): readonly Coding[] {
  if (values.length === 0) return [];
  const applied = values
    .flatMap((value) => value.split(','))
    .map((word) => word.trim().toLowerCase())
    .filter((word) => !IDENTITY.has(word))
    .map((word) => (Object.hasOwn(ALIASES, word) ? (ALIASES[word] as string) : word));
  if (own !== undefined && applied[0] === own) applied.shift();
  if (applied.length > MOST_CODINGS || !applied.every(isKnown)) {
    throw new EncodingError(values.join(', ').slice(0, LONGEST_SHOWN));
  }
  return applied;
}

/** Of a header in a message, in characters. */
const LONGEST_SHOWN = 80;

function isKnown(word: string): word is Coding {
  return CODINGS.has(word);
}
