import { CommanderError } from 'commander';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { HIDDEN } from '../../model/safe-arguments.ts';
import { messageInLine } from '../command.ts';
import { longName, type OptionTable } from './option.ts';
import { UsageError } from './values.ts';

/** The options of an earlier command line. */
export interface RememberedOptions<V> {
  readonly options: V;
  /** The names of the options that are missing, since their secrets are not kept. */
  readonly secrets: readonly string[];
}

/**
 * Reads a command line that was stored: without the options whose secrets were hidden then, and those that
 * are for one run only.
 *
 * @param parse reads the arguments; it throws as the parser of a command line does
 * @param whose the command, as a message names it
 * @param advice what to do when it cannot be read
 * @throws BrokenRunError when another version has stored it, whose options are not known here
 */
export function readRemembered<V extends object>(
  table: OptionTable,
  parse: () => V,
  whose: string,
  advice: string,
): RememberedOptions<V> {
  try {
    return withoutHidden(table, parse());
  } catch (error) {
    if (!(error instanceof CommanderError || error instanceof UsageError)) throw error;
    const problem = error instanceof CommanderError ? messageInLine(error) : error.message;
    throw new BrokenRunError(`the command of ${whose} cannot be read: ${problem}; ${advice}`, {
      cause: error,
    });
  }
}

function withoutHidden<V extends object>(table: OptionTable, options: V): RememberedOptions<V> {
  const values = options as Readonly<Record<string, unknown>>;
  const hidden = Object.keys(table).filter((key) => [values[key]].flat().includes(HIDDEN));
  const dropped = Object.keys(table).filter((key) => table[key]?.isForOneRun);
  return {
    options: {
      ...options,
      ...Object.fromEntries([...hidden, ...dropped].map((key) => [key, undefined])),
    },
    secrets: hidden.map((key) => longName(table, key)),
  };
}
