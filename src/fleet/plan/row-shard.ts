import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { Item, RowDetails } from '../../model/item.ts';

/** A row as a shard has it. */
export interface ShardRow extends Omit<RowDetails, 'problem' | 'recordId'> {
  /** What identifies its record within the plan, from 0. */
  readonly id: number;
  readonly url: string;
  /** Its place in the list, from 0. */
  readonly position: number;
  /** What is wrong with it, for a row that cannot be downloaded at all. */
  readonly problem?: string | undefined;
}

/** A row before it has its id, which it gets with its shard. */
type PlannedRow = Omit<ShardRow, 'id'>;

/** What a row has besides its URL and its place. */
type Details = Omit<PlannedRow, 'url' | 'position'>;

/** The details of a row that a shard keeps. Secrets that the list has are among them. */
const DETAILS = [
  'name',
  'mirrors',
  'directory',
  'headers',
  'checksum',
  'size',
  'columns',
  'key',
] as const;

/** Most time goes into this, and rows compress well enough. */
const LEVEL = { level: 1 };

/** The row of the list as a line of a shard, without its id and its end. */
export function lineOf(item: Item, position: number): string {
  const details: Record<string, unknown> = {};
  let hasDetails = false;
  for (const name of DETAILS) {
    if (item[name] === undefined) continue;
    details[name] = item[name];
    hasDetails = true;
  }
  if (item.problem !== undefined) {
    details.problem = messageOf(item.problem);
    hasDetails = true;
  }
  return JSON.stringify(hasDetails ? [position, item.url, details] : [position, item.url]);
}

/** A row read back as a line again: a shard of rows to retry has rows of other shards. */
export function lineAgain({ id, url, position, ...details }: ShardRow): string {
  const hasDetails = Object.keys(details).length > 0;
  const line = hasDetails ? [position, url, details] : [position, url];
  return JSON.stringify([id, ...line]);
}

/** The id of a line that has its own, see {@link lineAgain}. */
export function idOf(line: string): number {
  return Number.parseInt(line.slice(1), 10);
}

/**
 * The contents of a shard: lines of JSON, and before them one that says the id of the first row, or `null`
 * where each line begins with its own.
 */
export function shardText(firstId: number | null, lines: readonly string[]): string {
  return `${JSON.stringify({ flaghoist: 1, firstId })}\n${lines.join('\n')}\n`;
}

/** The SHA-256 of a shard's contents, in hex. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compresses a shard, on a thread of Node's. */
export function compressed(text: string): Promise<Buffer> {
  return promisify(gzip)(text, LEVEL);
}

/**
 * The rows of a shard.
 * @param name for messages
 * @throws BrokenRunError for what no plan writes
 */
export async function rowsIn(bytes: Uint8Array, name: string): Promise<ShardRow[]> {
  try {
    const text = (await promisify(gunzip)(bytes)).toString();
    const [head = '', ...lines] = text.trimEnd().split('\n');
    const { flaghoist, firstId } = JSON.parse(head) as {
      flaghoist: number;
      firstId: number | null;
    };
    if (flaghoist !== 1) throw new Error(`its version is ${flaghoist}`);
    return lines.map((line, at) =>
      rowOf(firstId === null ? JSON.parse(line) : [firstId + at, ...JSON.parse(line)]),
    );
  } catch (cause) {
    throw new BrokenRunError(
      `the row shard ${name} is damaged: ${messageOf(cause)}; plan the list again (--replace)`,
      { cause },
    );
  }
}

/** @param parts an id, a place in the list, a URL, and perhaps details */
function rowOf(parts: unknown[]): ShardRow {
  const [id, position, url, details] = parts as [number, number, string, Details?];
  return { ...details, id, url, position };
}
