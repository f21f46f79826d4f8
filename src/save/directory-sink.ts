import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf, NameCollisionError } from '../model/failure.ts';
import type { Item } from '../model/item.ts';
import { FileDraft } from './file-draft.ts';
import { nameOfUrl, safeName } from './naming.ts';
import type { Draft, Sink } from './sink.ts';

/** Saves each body as a file of its own in one directory. */
export class DirectorySink implements Sink {
  readonly #directory: string;
  /** Names that rows of this run have taken: a second one never overwrites a first one silently. */
  readonly #taken = new Set<string>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Creates `directory` where it is missing. @throws BrokenRunError when that cannot be */
  static async open(directory: string): Promise<DirectorySink> {
    try {
      await mkdir(directory, { recursive: true });
    } catch (cause) {
      throw new BrokenRunError(`cannot create the directory ${directory}: ${messageOf(cause)}`, {
        cause,
      });
    }
    return new DirectorySink(directory);
  }

  /** @throws TypeError for a URL that is none; NameCollisionError when the name is taken */
  open(item: Item): Draft {
    const name = item.name === undefined ? nameOfUrl(item.url) : safeName(item.name);
    const path = join(this.#directory, name);
    if (this.#taken.has(name)) throw new NameCollisionError(path);
    this.#taken.add(name);
    return new FileDraft(path);
  }
}
