import { createHash } from 'node:crypto';
import { flagReply } from '../reply.ts';

/** A file of an honest server. */
export interface Resource {
  readonly body: Buffer;
  readonly type: string;
  /** Strong entity tag, its quotes included. */
  readonly etag: string;
}

/** The largest generated file, in bytes. */
const LARGEST = 100_000_000;

/**
 * The file at a path: `/flags/br/br.gif` and `/flags/br/metadata.json` as on the other test servers, and
 * `/bytes/100000/any.name` for 100,000 bytes that depend on the path alone.
 *
 * @returns undefined if there is no file at the path
 */
export function resourceAt(path: string): Resource | undefined {
  const [, size] = /^\/bytes\/(\d{1,9})\//.exec(path) ?? [];
  if (size !== undefined) return Number(size) > LARGEST ? undefined : generated(path, Number(size));
  const { status, headers, body } = flagReply('GET', path);
  if (status !== 200) return undefined;
  return { body, type: headers['content-type'] as string, etag: etagOf(body) };
}

function generated(path: string, bytes: number): Resource {
  // SHAKE256 is a hash of any length (FIPS 202): its bytes never repeat, and are always the same.
  const body =
    bytes === 0
      ? Buffer.alloc(0)
      : createHash('shake256', { outputLength: bytes }).update(path).digest();
  return { body, type: 'application/octet-stream', etag: etagOf(Buffer.from(path)) };
}

function etagOf(content: Buffer): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}
