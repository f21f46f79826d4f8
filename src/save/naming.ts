/** File names: pure functions from what a list or a server says to a name that is safe to create. */

/** Longest name that ext4, APFS and NTFS all take, in bytes. */
const MAX_BYTES = 255;
/** Room for what a temporary name adds to the final one. */
const RESERVED_BYTES = 24;

/** Names that Windows keeps for devices, whatever their extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Path separators, control characters and what Windows forbids in a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNSAFE_CHARACTERS = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|]/g;

/** The last segment of the URL's path, decoded and made safe; `index.html` when there is none. */
export function nameOfUrl(url: string): string {
  const segment = new URL(url).pathname.split('/').at(-1) ?? '';
  return segment === '' ? 'index.html' : safeName(decode(segment));
}

/**
 * `name` as one file name that stays inside its directory: no separators, no control characters, no
 * device names, neither `.` nor `..`, at most 255 bytes with what a temporary name adds to it.
 */
export function safeName(name: string): string {
  // Half a surrogate pair has no UTF-8: the file system would make U+FFFD of every one of them.
  const clean = name.toWellFormed().normalize('NFC').replace(UNSAFE_CHARACTERS, '_');
  const fits = fitting(clean);
  return fits === '' || DEVICE_NAME.test(fits) ? fitting(`_${fits}`) : fits;
}

/** Cut to length, a tail that the cut brings to light included. */
function fitting(name: string): string {
  return withoutTail(shorten(withoutTail(name), MAX_BYTES - RESERVED_BYTES));
}

/** Windows drops dots and spaces at the end of a name. */
function withoutTail(name: string): string {
  return name.replace(/[. ]+$/, '');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    // Not percent-encoded UTF-8: then the name is as it stands in the URL.
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/** Cuts the middle out, so that the extension stays, without splitting a character. */
function shorten(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  let stem = '';
  let room = maxBytes - extension.length;
  for (const character of name) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    stem += character;
  }
  return stem + extension;
}
