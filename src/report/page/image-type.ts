/** How the files of each type begin: bytes at places. */
const SIGNATURES: readonly (readonly [type: string, ...parts: [at: number, bytes: string][]])[] = [
  ['image/gif', [0, 'GIF8']],
  ['image/png', [0, '\x89PNG\r\n\x1a\n']],
  ['image/jpeg', [0, '\xff\xd8\xff']],
  ['image/webp', [0, 'RIFF'], [8, 'WEBP']],
  ['image/avif', [4, 'ftypavif']],
  ['image/avif', [4, 'ftypavis']],
  ['image/bmp', [0, 'BM'], [6, '\0\0\0\0']],
  ['image/x-icon', [0, '\0\0\x01\0']],
];

/** An SVG's root element, with what may stand before it: declarations and comments. */
const SVG =
  /^(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|<!--(?:(?!-->).)*-->|<!doctype[^>]*>)*<svg[\s>]/is;

/** The bytes of a file that {@link imageType} needs. */
export const IMAGE_HEAD = 1024;

/**
 * What kind of picture a file is, by its first bytes: its name and its `Content-Type` prove nothing.
 * @returns a media type; undefined for a file that is not a picture, or one that browsers do not show
 */
export function imageType(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  for (const [type, ...parts] of SIGNATURES) {
    if (parts.every(([at, bytes]) => text.startsWith(bytes, at))) return type;
  }
  return SVG.test(text) ? 'image/svg+xml' : undefined;
}
