import { BadValue } from '../../source/bad-value.ts';
import { expandPattern } from '../../source/expand-pattern.ts';
import type { RowInput } from '../../source/join-rows.ts';
import type { GetOptions } from './get-options.ts';
import { UsageError } from './usage-error.ts';

/** What `flaghoist get` is to read rows from. @throws UsageError when there is nothing */
export function inputsOf(urls: readonly string[], options: GetOptions): RowInput[] {
  const { input: lists = [], strict, format, urlColumn, nameColumn, checksumColumn } = options;
  if (urls.length === 0 && lists.length === 0) {
    throw new UsageError('name URLs, or a list of them with --input FILE');
  }
  if (lists.filter((path) => path === '-').length > 1) {
    throw new UsageError('--input - can be given once only');
  }
  const columns = { urlColumn, nameColumn, checksumColumn };
  const onWarning = (line: string) => process.stderr.write(`flaghoist: ${line}\n`);
  return [
    ...urls.map((url) => ({ url })),
    ...lists.map((path) => ({ path, stdin: process.stdin, format, strict, onWarning, ...columns })),
  ];
}

/** How many rows there will be; undefined when only reading the lists can tell. */
export function countRows(urls: readonly string[], options: GetOptions): number | undefined {
  if (options.input !== undefined) return undefined;
  if (options.expand === undefined) return urls.length;
  return urls.reduce((sum, url) => sum + countOf(url), 0);
}

function countOf(pattern: string): number {
  try {
    return expandPattern(pattern).count;
  } catch (error) {
    // One bad row, then: it will say so itself.
    if (error instanceof BadValue) return 1;
    throw error;
  }
}
