import { hash } from 'node:crypto';
import { lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../model/error-code.ts';
import type { Item } from '../../model/item.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { PartFile } from './part-file.ts';
import { removeIfThere, TEMPORARY_NAME, temporaryName } from './staging-file.ts';

/** What the names of temporary files end with. */
const TEMPORARY = '.tmp';

/** What a part's file is called after: lower-case hex of the SHA-256 of `URL\nNAME`, no password in it. */
export function partKey({ url, name = '' }: Pick<Item, 'url' | 'name'>): string {
  return hash('sha256', `${withoutCredentials(url)}\n${name}`);
}

/**
 * The parts of files that one directory holds for later runs. Only one run at a time may use it (a
 * ledger's lock sees to that). Memory: a key for each part.
 */
export class Parts {
  readonly #directory: string;
  /** What the paths in it begin with. */
  readonly #start: string;
  /** The keys that have a part which no draft has at the moment. */
  readonly #left: Set<string>;
  /** The keys whose part a draft has: a second row of the same key does without. */
  readonly #inUse = new Set<string>();

  private constructor(directory: string, left: Set<string>) {
    this.#directory = directory;
    this.#start = join(directory, '-').slice(0, -1);
    this.#left = left;
  }

  /** Creates `directory` where it is missing, and clears what a kill left behind without use. */
  static async open(directory: string): Promise<Parts> {
    await mkdir(directory, { recursive: true });
    const { keys, rest } = await contentsOf(directory);
    await removeAll(directory, rest);
    return new Parts(directory, keys);
  }

  /**
   * What an earlier run left of this file; it is the caller's until it ends it.
   * @returns undefined when there is nothing
   */
  find(item: Item): Promise<PartFile> | undefined {
    // Most runs start without parts: then a row costs nothing here.
    if (this.#left.size === 0) return undefined;
    const key = partKey(item);
    return this.#left.has(key) ? this.#found(key, item) : undefined;
  }

  /** A new part for this file. @returns undefined when another row has that key */
  create(item: Item): PartFile | undefined {
    const key = partKey(item);
    return this.#inUse.has(key) ? undefined : this.#take(key, item);
  }

  /** A path for a file that no later run will look at; {@link Parts.open} removes it if a kill leaves it. */
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

  #take(key: string, { url }: Item): PartFile {
    this.#left.delete(key);
    this.#inUse.add(key);
    return new PartFile(join(this.#directory, key), withoutCredentials(url), (isLeft) => {
      this.#inUse.delete(key);
      if (isLeft) this.#left.add(key);
    });
  }
}

/**
 * Removes the parts that no row will ask for again, at the end of a run that has come to its end.
 * @param directory of the parts; it may be missing
 * @param keep the keys ({@link partKey}) of those that stay
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

interface Contents {
  /** Those with a part and a sidecar. */
  readonly keys: Set<string>;
  /** Files of ours without use: temporary ones, and halves of such pairs. */
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
      // A link: it may lead anywhere. Or the file has another name, since a kill came between the
      // moment when it got its final one and that when it lost this one.
      rest.push(entry.name);
    }
  }
  for (const key of parts.difference(sidecars)) rest.push(`${key}.part`);
  for (const key of sidecars.difference(parts)) rest.push(`${key}.json`);
  return { keys: parts.intersection(sidecars), rest };
}

/** Whether the file has hard links: what is written to it is written to the file of the other name. */
async function hasOtherNames(path: string): Promise<boolean> {
  return (await lstat(path)).nlink > 1;
}

function isTemporary(name: string): boolean {
  return name.endsWith(TEMPORARY) && TEMPORARY_NAME.test(name.slice(0, -TEMPORARY.length));
}

async function removeAll(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) await removeIfThere(join(directory, name));
}
