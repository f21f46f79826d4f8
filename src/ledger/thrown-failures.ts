import { BrokenRunError } from '../model/broken-run-error.ts';
import { brokenLedger } from './database-errors.ts';
import { ledgerPath } from './folder.ts';

/**
 * The failures that a ledger has thrown. The first one is kept: closing the ledger fails for the same
 * reason, and must not throw it once more.
 */
export class ThrownFailures {
  readonly #path: string;
  #first: BrokenRunError | undefined;

  /** @param directory the one with the ledger */
  constructor(directory: string) {
    this.#path = ledgerPath(directory);
  }

  /** The first failure that was thrown. */
  get first(): BrokenRunError | undefined {
    return this.#first;
  }

  /** Uses the database. @throws BrokenRunError in place of the errors of SQLite */
  guard<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      throw this.broken(error);
    }
  }

  /** Gives a record to the writer, whose failures are BrokenRunErrors. @returns what `write` returns */
  guardWriter(write: () => Promise<void> | undefined): Promise<void> | undefined {
    try {
      return write()?.catch((error) => {
        throw this.#noted(error);
      });
    } catch (error) {
      throw this.#noted(error);
    }
  }

  /** The error to throw in place of one of SQLite. */
  broken(error: unknown): unknown {
    return this.#noted(brokenLedger(this.#path, error));
  }

  #noted(error: unknown): unknown {
    if (error instanceof BrokenRunError) this.#first ??= error;
    return error;
  }
}
