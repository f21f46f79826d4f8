import type { Line } from './line-splitter.ts';

/**
 * Where the value of column `index` begins on the record's line, from 0, in characters. In a record
 * of several lines that is not said: 0.
 */
export function cellOffset(
  cells: readonly string[],
  index: number,
  [line, ...others]: readonly Line[],
): number {
  if (line === undefined || others.length > 0) return 0;
  let offset = 0;
  for (const cell of cells.slice(0, index)) {
    const isQuoted = line.text[offset] === '"';
    offset += (isQuoted ? cell.replaceAll('"', '""').length + 2 : cell.length) + 1;
  }
  return offset < line.text.length ? offset : line.text.length;
}
