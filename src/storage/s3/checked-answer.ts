import { createHash } from 'node:crypto';
import type { S3Answer } from './exchange.ts';
import { S3ChecksumError } from './s3-errors.ts';
import type { BodyDigests } from './upload-body.ts';

/**
 * The headers by which the server checks a body. AWS keeps the SHA-256 with the object; other servers know
 * the MD5, which S3 has had from the beginning. Both also get the SHA-256 with the signature.
 */
export function checksumHeaders({ sha256, md5 }: BodyDigests): Record<string, string> {
  return md5 === undefined
    ? { 'x-amz-checksum-sha256': sha256.toString('base64') }
    : { 'content-md5': md5.toString('base64') };
}

/**
 * Compares what the server says that it stored with what was sent.
 * @returns the error when they differ
 */
export function checkStored(
  what: string,
  { headers }: S3Answer,
  { sha256, md5 }: BodyDigests,
): S3ChecksumError | undefined {
  const answered = headers['x-amz-checksum-sha256'];
  if (typeof answered === 'string' && answered !== sha256.toString('base64')) {
    return new S3ChecksumError(
      `${what}: the server stored other bytes: their SHA-256 is ${answered}`,
    );
  }
  const etag = etagOf(headers.etag);
  if (md5 === undefined || !isMd5(etag) || isEncrypted(headers)) return undefined;
  if (etag === md5.toString('hex')) return undefined;
  return new S3ChecksumError(`${what}: the server stored other bytes: their MD5 is ${etag}`);
}

/**
 * The ETag of an object that was stored in these parts: the MD5 of their MD5s, and their number; of one
 * part, its MD5.
 */
export function etagOfParts(parts: readonly Pick<BodyDigests, 'md5'>[]): string {
  const md5s = parts.map(({ md5 }) => md5 ?? Buffer.alloc(0));
  const [only] = md5s;
  if (parts.length === 1 && only !== undefined) return only.toString('hex');
  return `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${parts.length}`;
}

/** Without the quotes; undefined when there is none. */
export function etagOf(value: string | undefined): string | undefined {
  const etag = value?.replace(/^(?:W\/)?"|"$/g, '').trim();
  return etag === '' ? undefined : etag;
}

function isMd5(etag: string | undefined): etag is string {
  return etag !== undefined && /^[0-9a-f]{32}$/.test(etag);
}

/** The ETag of an object that is encrypted with a key of the user's is no MD5. */
function isEncrypted(headers: S3Answer['headers']): boolean {
  const how = headers['x-amz-server-side-encryption'];
  return (
    'x-amz-server-side-encryption-customer-algorithm' in headers ||
    (typeof how === 'string' && how.startsWith('aws:'))
  );
}
