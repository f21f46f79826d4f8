import { HIDDEN } from '../../ledger/write/runs.ts';
import { longName, type OptionTable } from './option.ts';

/**
 * The options of an earlier command line, as it was stored: without those whose secrets were hidden then, and
 * those that are for one run only.
 * @returns the options, and the names of those whose secrets are missing
 */
export function rememberedOptions<V extends object>(
  table: OptionTable,
  options: V,
): { readonly options: V; readonly secrets: readonly string[] } {
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
