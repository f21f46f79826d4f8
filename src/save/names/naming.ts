/** File names: pure functions from what a list or a server says to a name that is safe to create. */

/** Longest name that ext4, APFS and NTFS all take, in bytes. */
const MAX_BYTES = 255;
/** Room for what a temporary name adds to the final one. */
const RESERVED_BYTES = 24;

/** Names that Windows keeps for devices, whatever follows the first dot, spaces before it included. */
const DEVICE_NAME = /^(con|prn|aux|nul|(com|lpt)[\d¹²³]|con(in|out)\$) *(\.|$)/i;
/**
 * Path separators, control characters and what Windows forbids in a name; and what would show a name
 * as another one: `gpj.exe` the other way round, or as two lines.
 */
const UNSAFE_CHARACTERS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** A dot in front, also behind characters that show nothing: HFS+ does without them. */
const HIDDEN = /^\p{Default_Ignorable_Code_Point}*\./u;
/** What NTFS calls `.git` as well. */
const SHORT_HIDDEN = /^(git)~(?=\d+\s*(?:\.|$))/i;
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/;
/** What a number goes before: `a-1.tar.gz`, not `a.tar-1.gz`. */
const WHOLE_EXTENSION = /(\.tar)?\.[A-Za-z0-9]{1,10}$/i;

/** The last segment of the URL's path, decoded and made safe; `index.html` when there is none. */
export function nameOfUrl(url: string): string {
  return safeName(lastSegment(new URL(url)));
}

/**
 * The last segment of the URL's path, decoded, in which anything may be but a dot in front
 * ({@link visibleName}); `index.html` for none.
 */
export function lastSegment({ pathname }: URL): string {
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1);
  return segment === '' ? 'index.html' : visibleName(decodeSegment(segment));
}

/**
 * A name, or a directory's, that a URL or a server says, so that it is no hidden one: `.bashrc` is
 * `_bashrc`, and `.git` is `_git`, as with browsers. Tools read such files without being asked. What the
 * user's own list or template says may begin with a dot.
 */
export function visibleName(name: string): string {
  return name.replace(HIDDEN, '_').replace(SHORT_HIDDEN, '$1_');
}

/**
 * `name` as one file name that stays inside its directory: no separators, no characters that control
 * a terminal or turn the text around them, no device names, neither `.` nor `..`, at most 255 bytes with what a temporary name adds to it.
 */
export function safeName(name: string): string {
  // Half a surrogate pair has no UTF-8: the file system would make U+FFFD of every one of them.
  const clean = name.toWellFormed().normalize('NFC').replace(UNSAFE_CHARACTERS, '_');
  const fits = fitting(clean);
  return fits === '' || DEVICE_NAME.test(fits) ? fitting(`_${fits}`) : fits;
}

/** `a.tar.gz` is the stem `a.tar` and the extension `gz`; `.hidden` has no extension. */
export function splitName(name: string): { stem: string; extension: string } {
  const dot = EXTENSION.exec(name)?.index ?? 0;
  return dot === 0
    ? { stem: name, extension: '' }
    : { stem: name.slice(0, dot), extension: name.slice(dot + 1) };
}

/** The safe name `a.gif` with a number to it: `a-1.gif`. It is safe, too. */
export function numberedName(name: string, number: number): string {
  const found = WHOLE_EXTENSION.exec(name);
  const extension = found === null || found.index === 0 ? '' : found[0];
  const tail = `-${number}${extension}`;
  const stem = name.slice(0, name.length - extension.length);
  return cut(stem, MAX_BYTES - RESERVED_BYTES - tail.length) + tail;
}

/** A URL's segment without its percent-encoding; as it stands when that is not one of UTF-8. */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/** Cut to length, a tail that the cut brings to light included. */
function fitting(name: string): string {
  return withoutTail(shorten(withoutTail(name), MAX_BYTES - RESERVED_BYTES));
}

/** Windows drops dots and spaces at the end of a name. */
function withoutTail(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--;
  return name.slice(0, end);
}

/** Cuts the middle out, so that the extension stays. */
function shorten(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  return cut(name, maxBytes - extension.length) + extension;
}

/** The beginning of `name`, `maxBytes` at most, without splitting a character. */
function cut(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  let start = '';
  let room = maxBytes;
  for (const character of name) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    start += character;
  }
  return start;
}
