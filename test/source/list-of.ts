import { Readable } from 'node:stream';
import type { Row } from '../../src/model/item.ts';
import { type ListOptions, readList } from '../../src/source/read-list.ts';

type Content = string | readonly (string | Uint8Array)[];

/** The rows of a list that arrives in the given chunks. A bad row is its message. */
export async function rowsOf(content: Content, options: Partial<ListOptions> = {}) {
  const rows = await Array.fromAsync(listOf(content, options));
  return rows.map(plain);
}

/** A list from stdin that arrives in the given chunks. */
export function listOf(content: Content, options: Partial<ListOptions> = {}): AsyncIterable<Row> {
  const chunks = typeof content === 'string' ? [content] : content;
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk as string)));
  return readList({ path: '-', stdin, ...options });
}

/** A row without its undefined properties; the message of a bad row. */
export function plain(row: Row): unknown {
  if (typeof row === 'string' || row instanceof URL) return row;
  if (row.problem !== undefined) return row.problem.message;
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
