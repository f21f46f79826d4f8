import type { Item } from '../../model/item.ts';
import type { NamingOptions } from './name-template.ts';
import { numberedName } from './naming.ts';

/** Stand for a row's number and a file's digest where any of them will do. */
const ANY_INDEX = 918_273_645_546;
const ANY_DIGEST = '0f'.repeat(32);

/**
 * Whether a file at `path` may have been named so: also with a number, moved beside or into a directory
 * of its name (`NameRegistry`), with the number that its row had, or with its SHA-256.
 * @returns true, too, when the name depends on the response
 */
export function mayBeAt(item: Item, path: string, naming: NamingOptions): boolean {
  const { template, useContentDisposition } = naming;
  const { needsName, needsIndex, needsDigest } = template;
  if (useContentDisposition && needsName && item.name === undefined) return true;
  let planned: string;
  try {
    const index = needsIndex ? ANY_INDEX : (item.position ?? item.index);
    const any = { ...item, index, position: undefined };
    planned = template.pathOf({ item: any, sha256: ANY_DIGEST });
  } catch {
    // Such a row fails when it is downloaded. Its file is there.
    return true;
  }
  if (planned === path) return true;
  if (needsIndex || needsDigest) {
    const exact = planned.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const any = exact.replaceAll(String(ANY_INDEX), '\\d+').replaceAll(ANY_DIGEST, '[0-9a-f]{64}');
    return new RegExp(`^${any}$`, 'u').test(path);
  }
  const home = placeWithout(path);
  const wanted = placeWithout(planned);
  if (home === wanted) return true;
  const [start, name] = splitPath(wanted);
  return [...home.matchAll(/-(\d+)/g)].some(
    ([, number]) => start + numberedName(name, Number(number)) === home,
  );
}

/** A path without what a directory or a file of the same name adds to it. */
function placeWithout(path: string): string {
  return path.replace(/\/index@\.html$/, '').replace(/@+\//g, '/');
}

function splitPath(path: string): [directory: string, name: string] {
  const start = path.lastIndexOf('/') + 1;
  return [path.slice(0, start), path.slice(start)];
}
