import type { Item } from '../model/item.ts';
import type { ResponseHead } from '../model/response.ts';
import type { FinalNames } from './final-names.ts';
import type { Target } from './target.ts';

/** The final name of one row's file, claimed for it now or when its response is known. */
export class RowTarget implements Target {
  readonly #names: FinalNames;
  readonly #item: Item;
  /** Whether the name depends on the response. */
  readonly #isLate: boolean;
  /** Relative; undefined until it is claimed. */
  #path: string | undefined;

  constructor(names: FinalNames, item: Item, path: string | undefined) {
    this.#names = names;
    this.#item = item;
    this.#path = path;
    this.#isLate = path === undefined;
  }

  get hint(): string {
    const path = this.#path ?? 'download';
    return path.slice(path.lastIndexOf('/') + 1);
  }

  get needsDigest(): boolean {
    return this.#names.template.needsDigest;
  }

  settle(head: ResponseHead | undefined, sha256: string | undefined): string | Promise<string> {
    if (this.#isLate || this.#path === undefined) return this.#settleLate(head, sha256);
    return this.#located(this.#path);
  }

  release(): void {
    if (this.#path !== undefined) this.#names.release(this.#path);
    this.#path = undefined;
  }

  async #settleLate(head: ResponseHead | undefined, sha256: string | undefined): Promise<string> {
    // A commit before this one failed: the file is another one now, and may have another name.
    this.release();
    this.#path = await this.#names.claimLate(this.#item, head, sha256);
    return await this.#located(this.#path);
  }

  #located(path: string): string | Promise<string> {
    const full = this.#names.pathOf(path);
    const made = this.#names.directories.ensure(directoryOf(path));
    return made === undefined ? full : made.then(() => full);
  }
}

/** The directory of a relative path; empty when it has none. */
function directoryOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}
