import { createHash } from 'node:crypto';
import { flagReply } from '../reply.ts';

/** A file as an honest server has it. */
export interface Resource {
  readonly body: Buffer;
  readonly type: string;
  /** Strong entity tag, its quotes included. */
  readonly etag: string;
}

/** The largest file that is made up, in bytes. */
const LARGEST = 100_000_000;

/**
 * The file at a path: `/flags/br/br.gif` and `/flags/br/metadata.json` as the other servers have them;
 * `/bytes/100000/any.name` is so many bytes that depend on the path alone.
 *
 * @returns undefined when there is none
 */
export function resourceAt(path: string): Resource | undefined {
  const [, size] = /^\/bytes\/(\d{1,9})\//.exec(path) ?? [];
  if (size !== undefined) return Number(size) > LARGEST ? undefined : madeUp(path, Number(size));
  const { status, headers, body } = flagReply('GET', path);
  if (status !== 200) return undefined;
  return { body, type: headers['content-type'] as string, etag: etagOf(body) };
}

function madeUp(path: string, bytes: number): Resource {
  // SHAKE256 is a hash as long as one likes (FIPS 202): bytes that repeat nowhere, yet always the same.
  const body =
    bytes === 0
      ? Buffer.alloc(0)
      : createHash('shake256', { outputLength: bytes }).update(path).digest();
  return { body, type: 'application/octet-stream', etag: etagOf(Buffer.from(path)) };
}

function etagOf(content: Buffer): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}
