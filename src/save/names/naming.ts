/** File names: pure functions that turn what a list, a URL or a server says into a path safe to create. */
import { hash } from 'node:crypto';

/** Where a run keeps its own files, within its directory. No row's file goes there. */
export const OWN_DIRECTORY = '.flaghoist';

/** The longest name that ext4, APFS and NTFS all accept, in bytes. */
const MAX_BYTES = 255;
/** Left free for what a temporary name adds to the final one. */
const RESERVED_BYTES = 24;
/** The longest name that a file gets, in bytes. */
const MOST_BYTES = MAX_BYTES - RESERVED_BYTES;

/** A longer query is replaced by its hash, since a name has room for 255 bytes. In characters. */
const LONGEST_QUERY = 96;
/** What `safeName` would replace with `_` or cut off, so that two queries would get the same name. */
const UNSAFE_IN_QUERY = /[/\\:*?"<>|]|\.$/g;

/** Names that Windows reserves for devices, with or without spaces and anything after the first dot. */
const DEVICE_NAME = /^(con|prn|aux|nul|(com|lpt)[\d¹²³]|con(in|out)\$) *(\.|$)/i;
/**
 * Path separators, control characters, what Windows forbids in a name, and characters that make a name
 * look like another one: `gpj.exe` read backwards, or a name that spans two lines.
 */
const UNSAFE_CHARACTERS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** A leading dot, also one after invisible characters: HFS+ ignores those. */
const HIDDEN = /^\p{Default_Ignorable_Code_Point}*\./u;
/** The short name that NTFS gives `.git`. */
const SHORT_HIDDEN = /^(git)~(?=\d+\s*(?:\.|$))/i;
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/;
/** What stays of a name that is cut: its extension, or the hash of its query. */
const TAIL = /(?:\.[A-Za-z0-9]{1,10}|@[0-9a-f]{16})$/;
/** What a number is inserted before: `a-1.tar.gz`, not `a.tar-1.gz`. */
const WHOLE_EXTENSION = /(\.tar)?\.[A-Za-z0-9]{1,10}$/i;
/** How {@link OWN_DIRECTORY} may begin when it is spelled another way; other names are not examined. */
const MAY_BE_OWN = /^(?:[.\P{ASCII}]|flagho~)/iu;
/** The short name that NTFS gives {@link OWN_DIRECTORY}. */
const SHORT_OWN = /^flagho~\d+$/i;

/** The last segment of the URL's path, decoded and made safe; `index.html` when it is empty. */
export function nameOfUrl(url: string): string {
  return safeName(lastSegment(new URL(url)));
}

/**
 * The last segment of the URL's path, decoded; `index.html` when it is empty. It has no leading dot
 * ({@link visibleName}), but may have any other character.
 */
export function lastSegment({ pathname }: URL): string {
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1);
  return segment === '' ? 'index.html' : visibleName(decodeSegment(segment));
}

/**
 * A file's or directory's name from a URL or a server, without its leading dot: `.bashrc` becomes
 * `_bashrc` and `.git` becomes `_git`, as in browsers, since tools read hidden files unasked. Names from
 * the user's own list or template may begin with a dot.
 */
export function visibleName(name: string): string {
  return name.replace(HIDDEN, '_').replace(SHORT_HIDDEN, '$1_');
}

/**
 * `name` as one file name that stays inside its directory: no separators, no characters that control a
 * terminal or reverse the text around them, no device name, neither `.` nor `..`, and at most 255 bytes
 * including what a temporary name adds.
 */
export function safeName(name: string): string {
  // Unpaired surrogates have no UTF-8: the file system would turn each of them into U+FFFD.
  const clean = name.toWellFormed().normalize('NFC').replace(UNSAFE_CHARACTERS, '_');
  const fits = fitting(clean);
  return fits === '' || DEVICE_NAME.test(fits) ? fitting(`_${fits}`) : fits;
}

/**
 * `path` within `directory` as a relative path that cannot leave the directory it is joined to. Every
 * segment is made safe, so `..` and drive letters are ordinary names; empty segments are dropped.
 *
 * @param directory of the row; both `/` and `\` separate its segments
 * @param path separated by `/`; its last segment is the file's name
 */
export function safePath(directory: string | undefined, path: string): string {
  const end = path.lastIndexOf('/');
  const name = notOwn(safeName(path.slice(end + 1)));
  if (directory === undefined && end < 0) return name;
  const directories = [...(directory?.split(/[/\\]/) ?? []), ...path.slice(0, end + 1).split('/')];
  const segments = directories
    .filter((segment) => segment !== '' && segment !== '.')
    .map((segment) => notOwn(safeName(segment)));
  return [...segments, name].join('/');
}

/** `a.tar.gz` has the stem `a.tar` and the extension `gz`; `.hidden` has no extension. */
export function splitName(name: string): { stem: string; extension: string } {
  const dot = EXTENSION.exec(name)?.index ?? 0;
  return dot === 0
    ? { stem: name, extension: '' }
    : { stem: name.slice(0, dot), extension: name.slice(dot + 1) };
}

/** The safe name `a.gif` with a number in it, `a-1.gif`, which is safe as well. */
export function numberedName(name: string, number: number): string {
  const found = WHOLE_EXTENSION.exec(name);
  const extension = found === null || found.index === 0 ? '' : found[0];
  const tail = `-${number}${extension}`;
  const stem = name.slice(0, name.length - extension.length);
  return cut(stem, MOST_BYTES - tail.length) + tail;
}

/** A segment of a URL, percent-decoded; unchanged when the bytes are not UTF-8. */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/**
 * A key that is equal for names which are one file where case does not matter. It rather folds too much
 * than too little: a collision too many is an error message, one too few is a lost file.
 */
export function foldCase(name: string): string {
  // To upper case first: APFS takes `ß` and `ss` for the same.
  return name.toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * Keeps a segment from being {@link OWN_DIRECTORY}, at any depth, since a directory further down may
 * belong to another run. It also catches the spellings that some file systems take for that name: other
 * case, invisible characters (HFS+), and the short name (NTFS).
 */
function notOwn(segment: string): string {
  return MAY_BE_OWN.test(segment) && isOwn(segment) ? `_${segment}` : segment;
}

function isOwn(name: string): boolean {
  if (SHORT_OWN.test(name)) return true;
  return foldCase(name.replace(/\p{Default_Ignorable_Code_Point}/gu, '')) === OWN_DIRECTORY;
}

/** Cut to length, without the dots and spaces that the cut leaves at the end. */
function fitting(name: string): string {
  return withoutTail(shorten(withoutTail(name), MOST_BYTES));
}

/** Windows drops dots and spaces at the end of a name. */
function withoutTail(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--;
  return name.slice(0, end);
}

/** Cuts the end of the stem, so that the extension or the hash of the query stays. */
function shorten(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const tail = TAIL.exec(name)?.[0] ?? '';
  return cut(name, maxBytes - tail.length) + tail;
}

/** The beginning of `name`, at most `maxBytes` long, without splitting a character. */
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

/** A value as part of one name: it adds no directory. */
export function oneSegment(value: string): string {
  return value.includes('/') ? value.replaceAll('/', '_') : value;
}

/** The directories of a URL's path, such as `a/b` of `/a/b/c.txt`. */
export function directoriesOf({ pathname }: URL): string {
  const segments = pathname.slice(1).split('/').slice(0, -1);
  return segments.map((segment) => visibleName(oneSegment(decodeSegment(segment)))).join('/');
}

/**
 * A URL's query as the end of a name: `@id=1`. It stays percent-encoded: decoded, two queries could differ only in
 * characters unsafe in a name.
 */
export function queryOf(url: URL): string {
  const { search } = url;
  if (search === '') return '';
  const length = Buffer.byteLength(lastSegment(url)) + search.length;
  if (search.length > LONGEST_QUERY || length > MOST_BYTES) {
    return `@${hash('sha256', search).slice(0, 16)}`;
  }
  return `@${search.slice(1).replace(UNSAFE_IN_QUERY, encode)}`;
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
