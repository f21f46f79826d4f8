import { foldCase } from './fold-case.ts';
import { safeName } from './naming.ts';

/** Where the run keeps its own things, within its directory. No file of a row goes there. */
export const OWN_DIRECTORY = '.flaghoist';

/**
 * `path` within `directory` as a relative path that cannot lead out of where it is used: every
 * segment is safe, `..` and drive letters are names like others, empty segments are left out.
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

/** What names that are ours begin with; others need no second look. */
const MAY_BE_OWN = /^(?:[.\P{ASCII}]|flagho~)/iu;
/** What NTFS calls a file of such a name as well. */
const SHORT_OWN = /^flagho~\d+$/i;

/**
 * A segment that is not the name of our own directory, at any depth: a directory below may be that of
 * another run. Case does not matter on every file system, so it does not here; nor do characters that show
 * nothing (to HFS+), or whether a name is spelled out or short (to NTFS).
 */
function notOwn(segment: string): string {
  return MAY_BE_OWN.test(segment) && isOwn(segment) ? `_${segment}` : segment;
}

function isOwn(name: string): boolean {
  if (SHORT_OWN.test(name)) return true;
  return foldCase(name.replace(/\p{Default_Ignorable_Code_Point}/gu, '')) === OWN_DIRECTORY;
}
