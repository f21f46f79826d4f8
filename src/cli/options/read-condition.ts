import { WhereError } from '../../ledger/read/where-error.ts';
import { UsageError } from './values.ts';

/**
 * Makes a wrong condition of `--where` an error of the command line.
 * @param read parses the condition
 * @returns what `read` returns
 * @throws UsageError that says at which column the condition is wrong
 */
export function readCondition<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    throw new UsageError(`--where CONDITION: ${error.message}`, { cause: error });
  }
}
