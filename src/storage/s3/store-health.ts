import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import { StorageError } from '../storage-error.ts';
import { isDenied } from './s3-errors.ts';

/**
 * After so many uploads in a row that failed for good, each after its tries, there is no point in
 * downloading more.
 */
const MOST_IN_A_ROW = 10;

/**
 * Decides whether failures of uploads are those of single objects, or of the storage as a whole. Then the
 * run ends, and the rows that were not saved are left to the next one.
 */
export class StoreHealth {
  readonly #location: string;
  #hasStored = false;
  #failedInARow = 0;
  #broken: BrokenRunError | undefined;

  constructor(location: string) {
    this.#location = location;
  }

  /**
   * Does some work, and notes how it ended.
   * @throws BrokenRunError when the storage takes nothing any more, also at once for later work; else
   *   what `work` throws
   */
  async watch<T>(work: () => Promise<T>): Promise<T> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      const result = await work();
      this.#hasStored = true;
      this.#failedInARow = 0;
      return result;
    } catch (error) {
      throw this.#noted(error);
    }
  }

  #noted(error: unknown): unknown {
    if (error instanceof BrokenRunError) this.#broken ??= error;
    if (!(error instanceof StorageError)) return error;
    this.#failedInARow++;
    const isForbidden = isDenied(error) && !this.#hasStored;
    if (!isForbidden && this.#failedInARow < MOST_IN_A_ROW) return error;
    const what = isForbidden
      ? 'the credentials do not allow uploads (s3:PutObject)'
      : `${MOST_IN_A_ROW} uploads in a row have failed`;
    this.#broken ??= new BrokenRunError(
      `${this.#location}: ${what}: ${messageOf(error)}; what is done stays done, and the same command goes on`,
      { cause: error },
    );
    return this.#broken;
  }
}
