import { listBatches } from './list-batches.ts';
import type { ListOptions } from './list-options.ts';
import { RowList } from './row-list.ts';

/**
 * The rows of a list, read as they are asked for: memory does not depend on how many there are, and
 * the first one is there before the list is read to its end. Each iteration opens the file anew;
 * leaving it closes the file, also while it waits for more.
 *
 * Iterating throws a ListError, one line, when the file is missing, a directory, binary, damaged,
 * has no rows, or not the columns asked for; a RowError, when `strict`.
 */
export function readList(options: ListOptions): RowList {
  return new RowList((leaving) => listBatches(options, leaving));
}
