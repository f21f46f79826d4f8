import { ListError } from './list-error.ts';

/** How far a list is looked through for bytes that no text has: as git does. */
const LOOKED_AT = 8000;

/** Notices, at its beginning, a file that is no text. */
export class TextCheck {
  readonly #list: string;
  #seen = 0;

  /** @param list what to call it */
  constructor(list: string) {
    this.#list = list;
  }

  /**
   * @throws ListError when `chunk`, the next one of the list, has a NUL byte near the list's
   * beginning
   */
  see(chunk: Buffer): void {
    if (this.#seen >= LOOKED_AT) return;
    const nul = chunk.subarray(0, LOOKED_AT - this.#seen).indexOf(0);
    if (nul >= 0) {
      throw new ListError(
        this.#list,
        `is a binary file (or UTF-16 without a byte order mark), not a list: byte ${this.#seen + nul + 1} is 0; lists are UTF-8 text`,
      );
    }
    this.#seen += chunk.length;
  }
}
