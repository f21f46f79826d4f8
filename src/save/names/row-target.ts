import type { Item } from '../../model/item.ts';
import type { ResponseHead } from '../../model/response.ts';
import type { Destination } from '../files/publish.ts';
import type { ClaimedName, FinalNames } from './final-names.ts';
import type { Target } from './target.ts';

/** The final name of one row's file, claimed for it now or when its response is known. */
export class RowTarget implements Target {
  readonly #names: FinalNames;
  readonly #item: Item;
  /** Whether the name depends on the response. */
  readonly #isLate: boolean;
  /** Undefined until it is claimed. */
  #name: ClaimedName | undefined;

  constructor(names: FinalNames, item: Item, name: ClaimedName | undefined) {
    this.#names = names;
    this.#item = item;
    this.#name = name;
    this.#isLate = name === undefined;
  }

  get needsDigest(): boolean {
    return this.#names.template.needsDigest;
  }

  settle(
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Destination | Promise<Destination> {
    if (this.#isLate || this.#name === undefined) return this.#settleLate(head, sha256);
    return this.#located(this.#name);
  }

  async settleElsewhere(): Promise<Destination> {
    if (this.#name === undefined) throw new Error('settle() comes first');
    this.#name = await this.#names.claimInstead(this.#item, this.#name);
    return await this.#located(this.#name);
  }

  release(): void {
    if (this.#name !== undefined) this.#names.release(this.#name.path);
    this.#name = undefined;
  }

  async #settleLate(
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Promise<Destination> {
    // A commit before this one failed: the file is another one now, and may have another name.
    this.release();
    this.#name = await this.#names.claimLate(this.#item, head, sha256);
    return await this.#located(this.#name);
  }

  #located({ path, replaces }: ClaimedName): Destination | Promise<Destination> {
    const destination = { path: this.#names.pathOf(path), replaces };
    const made = this.#names.directories.ensure(directoryOf(path));
    return made === undefined ? destination : made.then(() => destination);
  }
}

/** The directory of a relative path; empty when it has none. */
function directoryOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}
