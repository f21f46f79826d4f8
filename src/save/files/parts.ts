import { hash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../model/error-code.ts';
import type { Item } from '../../model/item.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { makeDirectories } from '../../storage/make-directories.ts';
import { PartFile } from './part-file.ts';
import { removeIfThere, TEMPORARY_NAME, temporaryName } from './staging-file.ts';

/** The extension of temporary files. */
const TEMPORARY = '.tmp';

/**
 * The name of a part's files: the SHA-256 of what identifies the row, in lower-case hex: `\nKEY`, or
 * `URL\nNAME` without a password.
 */
export function partKey({ url, name = '', key }: Pick<Item, 'url' | 'name' | 'key'>): string {
  return hash('sha256', key === undefined ? `${withoutCredentials(url)}\n${name}` : `\n${key}`);
}

/**
 * A directory that keeps parts of files for later runs. Only one run at a time may use it, which the
 * ledger's lock ensures. Memory: a key for each part.
 */
export class Parts {
  readonly #directory: string;
  /** What all paths in it begin with. */
  readonly #start: string;
  /** The keys of parts that no draft is using. */
  readonly #left: Set<string>;
  /** The keys of parts that a draft is using: a second row of the same key gets none. */
  readonly #inUse = new Set<string>();

  private constructor(directory: string, left: Set<string>) {
    this.#directory = directory;
    this.#start = join(directory, '-').slice(0, -1);
    this.#left = left;
  }

  /** Creates `directory` if it is missing, and removes files that a killed run left without use. */
  static async open(directory: string): Promise<Parts> {
    await makeDirectories(directory);
    const { keys, rest } = await contentsOf(directory);
    await removeAll(directory, rest);
    return new Parts(directory, keys);
  }

  /**
   * The part that an earlier run left of this file, reserved until the caller keeps or removes it.
   * @returns undefined when there is none
   */
  find(item: Item): Promise<PartFile> | undefined {
    // Most runs start without parts, and then rows need no key.
    if (this.#left.size === 0) return undefined;
    const key = partKey(item);
    return this.#left.has(key) ? this.#found(key, item) : undefined;
  }

  /** Creates a part for this file. @returns undefined when another row is using that key */
  create(item: Item): PartFile | undefined {
    const key = partKey(item);
    return this.#inUse.has(key) ? undefined : this.#take(key, item);
  }

  /** A path for a file of no use to later runs. {@link Parts.open} removes it if a killed run leaves it. */
  temporaryPath(): string {
    return `${this.#start}${temporaryName()}${TEMPORARY}`;
  }

  async #found(key: string, item: Item): Promise<PartFile> {
    const part = this.#take(key, item);
    try {
      await part.find();
      return part;
    } catch (error) {
      part.keep();
      throw error;
    }
  }

  #take(key: string, { url, key: rowKey }: Item): PartFile {
    this.#left.delete(key);
    this.#inUse.add(key);
    return new PartFile(join(this.#directory, key), rowKey ?? withoutCredentials(url), (isLeft) => {
      this.#inUse.delete(key);
      if (isLeft) this.#left.add(key);
    });
  }
}

/**
 * Removes parts that no row needs any more, at the end of a complete run.
 * @param directory of the parts; it may be missing
 * @param keep the keys ({@link partKey}) of the parts that stay
 */
export async function sweepParts(
  directory: string,
  keep: ReadonlySet<string> = new Set(),
): Promise<void> {
  let contents: Contents;
  try {
    contents = await contentsOf(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const stale = [...contents.keys].filter((key) => !keep.has(key));
  const files = stale.flatMap((key) => [`${key}.part`, `${key}.json`]);
  await removeAll(directory, [...contents.rest, ...files]);
}

/** Removes the parts with these keys ({@link partKey}). Those that are not there are passed over. */
export async function removeParts(directory: string, keys: Iterable<string>): Promise<void> {
  for (const key of keys) await removeAll(directory, [`${key}.part`, `${key}.json`]);
}

interface Contents {
  /** The keys that have both a part and a sidecar. */
  readonly keys: Set<string>;
  /** Our files of no use: temporary ones, and a part or sidecar without the other. */
  readonly rest: string[];
}

async function contentsOf(directory: string): Promise<Contents> {
  const parts = new Set<string>();
  const sidecars = new Set<string>();
  const rest: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const [, key = '', kind] = /^([0-9a-f]{64})\.(part|json)$/.exec(entry.name) ?? [];
    if (kind === undefined) {
      if (isTemporary(entry.name)) rest.push(entry.name);
    } else if (entry.isFile() && !(await hasOtherNames(join(directory, entry.name)))) {
      (kind === 'part' ? parts : sidecars).add(key);
    } else {
      // A link, which may lead anywhere, or a file with another name: a run was killed after giving it
      // its final name and before removing this one.
      rest.push(entry.name);
    }
  }
  for (const key of parts.difference(sidecars)) rest.push(`${key}.part`);
  for (const key of sidecars.difference(parts)) rest.push(`${key}.json`);
  return { keys: parts.intersection(sidecars), rest };
}

/** Whether the file has hard links: a write to it would change the file of the other name. */
async function hasOtherNames(path: string): Promise<boolean> {
  return (await lstat(path)).nlink > 1;
}

function isTemporary(name: string): boolean {
  return name.endsWith(TEMPORARY) && TEMPORARY_NAME.test(name.slice(0, -TEMPORARY.length));
}

async function removeAll(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) await removeIfThere(join(directory, name));
}
