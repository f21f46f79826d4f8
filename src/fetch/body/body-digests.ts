import { createHash, type Hash } from 'node:crypto';
import { ChecksumError } from '../../model/file-errors.ts';
import type { Checksum } from '../../model/item.ts';
import type { StatedChecksum } from '../../model/response.ts';
import type { RawHead } from '../transport/request.ts';

/** Checks a body against the digests in the head of its response. */
export class BodyDigests {
  /**
   * For a response that carries a file, or a part of it.
   * @returns undefined when the head has no digest of the body
   */
  static of({ status, headers }: Pick<RawHead, 'status' | 'headers'>): BodyDigests | undefined {
    if (!DIGEST_HEADERS.some((name) => name in headers)) return undefined;
    const ofContent = contentDigests(headers);
    // A part of a file does not match digests of the whole. Servers do not agree which of the two
    // `Content-MD5` describes (Apache: the whole, against RFC 2616 section 14.15).
    const stated =
      status === 206
        ? ofContent.filter(({ header }) => header !== 'content-md5')
        : [...ofContent, ...representationDigests(headers)];
    return stated.length === 0 ? undefined : new BodyDigests(stated);
  }

  readonly #stated: readonly StatedChecksum[];
  readonly #hashes = new Map<string, Hash>();

  /** @param stated digests of the bytes passed to {@link update}, with no coding undone */
  constructor(stated: readonly StatedChecksum[]) {
    this.#stated = stated;
    for (const { algorithm } of stated) {
      if (!this.#hashes.has(algorithm)) this.#hashes.set(algorithm, createHash(algorithm));
    }
  }

  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(chunk);
  }

  /** To be called once, after the whole body. @returns undefined when all digests match */
  mismatch(): ChecksumError | undefined {
    const actual = new Map([...this.#hashes].map(([name, hash]) => [name, hash.digest('hex')]));
    for (const { header, ...checksum } of this.#stated) {
      const hex = actual.get(checksum.algorithm) ?? '';
      if (hex !== checksum.hex) return new ChecksumError(checksum, hex, header);
    }
    return undefined;
  }
}

type Algorithm = Checksum['algorithm'];

/** The algorithms that headers name (RFC 9530, RFC 3230, RFC 1864), and the bytes of their digests. */
const ALGORITHMS: ReadonlyMap<string, readonly [algorithm: Algorithm, bytes: number]> = new Map([
  ['md5', ['md5', 16]],
  ['sha', ['sha1', 20]],
  ['sha-256', ['sha256', 32]],
  ['sha-384', ['sha384', 48]],
  ['sha-512', ['sha512', 64]],
]);

/** A member of a structured dictionary (RFC 9651): a key and a byte sequence; parameters are ignored. */
const BYTE_SEQUENCE = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):(?:;.*)?$/;

/** A member of `Digest`: a name in any case, and base64. */
const INSTANCE_DIGEST = /^([A-Za-z0-9-]+)=([A-Za-z0-9+/]+={0,2})$/;

/** Reads the strongest digest of a header's value. */
type Reader = (value: string) => Checksum | undefined;

/** Digests of the bytes of this very response. */
const OF_CONTENT: readonly [header: string, Reader][] = [
  ['content-digest', (value) => strongestOf(value, BYTE_SEQUENCE)],
  ['content-md5', (value) => checksumOf('md5', value.trim())],
];

/** Digests of the whole file, in the content coding of the response. */
const OF_REPRESENTATION: readonly [header: string, Reader][] = [
  ['repr-digest', (value) => strongestOf(value, BYTE_SEQUENCE)],
  ['digest', (value) => strongestOf(value, INSTANCE_DIGEST)],
];

/** Most responses have none of these. */
const DIGEST_HEADERS = [...OF_CONTENT, ...OF_REPRESENTATION].map(([header]) => header);

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The digests of the bytes of this response. Invalid and unknown ones are left out. */
export function contentDigests(headers: RawHeaders): StatedChecksum[] {
  return statedIn(headers, OF_CONTENT);
}

/** The digests of the whole file, as it is sent. */
export function representationDigests(headers: RawHeaders): StatedChecksum[] {
  return statedIn(headers, OF_REPRESENTATION);
}

/** The strongest of {@link representationDigests}. */
export function statedChecksum(headers: RawHeaders): StatedChecksum | undefined {
  return strongest(representationDigests(headers));
}

function statedIn(headers: RawHeaders, readers: readonly [string, Reader][]): StatedChecksum[] {
  const stated: StatedChecksum[] = [];
  // Most responses have no such header.
  for (const [header, read] of readers) {
    const value = headers[header];
    if (value === undefined) continue;
    // Several lines are one list (RFC 9110 section 5.3).
    const checksum = read([value].flat().join(','));
    if (checksum !== undefined) stated.push({ ...checksum, header });
  }
  return stated;
}

/** The strongest of several digests in one header: checking one is enough. */
function strongestOf(value: string, form: RegExp): Checksum | undefined {
  const known = value.split(',').flatMap((member) => {
    const [, name = '', base64 = ''] = form.exec(member.trim()) ?? [];
    return checksumOf(name, base64) ?? [];
  });
  return strongest(known);
}

function strongest<C extends Checksum>(checksums: readonly C[]): C | undefined {
  const [first, ...others] = checksums;
  if (first === undefined) return undefined;
  return others.reduce((best, next) => (next.hex.length > best.hex.length ? next : best), first);
}

function checksumOf(name: string, base64: string): Checksum | undefined {
  const [algorithm, bytes] = ALGORITHMS.get(name.toLowerCase()) ?? [];
  const digest = Buffer.from(base64, 'base64');
  if (algorithm === undefined || digest.length !== bytes) return undefined;
  return { algorithm, hex: digest.toString('hex') };
}
