import { createHash, type Hash } from 'node:crypto';
import { ChecksumError } from '../../model/failure.ts';
import type { Checksum } from '../../model/item.ts';
import type { StatedChecksum } from '../../model/response.ts';
import type { RawHead } from '../transport/request.ts';

/** Holds a body against the digests that its response says, as it comes. */
export class BodyDigests {
  /**
   * Of the response that carries a file, or a part of it.
   * @returns undefined where the head has no digest of the body
   */
  static of({ status, headers }: Pick<RawHead, 'status' | 'headers'>): BodyDigests | undefined {
    const ofContent = contentDigests(headers);
    // The rest of a file is not all of it; and of which of the two `Content-MD5` is servers do not agree
    // (Apache: of all, against RFC 2616 section 14.15).
    const stated =
      status === 206
        ? ofContent.filter(({ header }) => header !== 'content-md5')
        : [...ofContent, ...representationDigests(headers)];
    return stated.length === 0 ? undefined : new BodyDigests(stated);
  }

  readonly #stated: readonly StatedChecksum[];
  readonly #hashes = new Map<string, Hash>();

  /** @param stated of the bytes that {@link update} is given, decoded by nothing */
  constructor(stated: readonly StatedChecksum[]) {
    this.#stated = stated;
    for (const { algorithm } of stated) {
      if (!this.#hashes.has(algorithm)) this.#hashes.set(algorithm, createHash(algorithm));
    }
  }

  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(chunk);
  }

  /** To be called once, when all of the body has come. @returns undefined when all digests are right */
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

/** Of the algorithms that headers name (RFC 9530, RFC 3230, RFC 1864): ours, and their bytes. */
const ALGORITHMS: ReadonlyMap<string, readonly [algorithm: Algorithm, bytes: number]> = new Map([
  ['md5', ['md5', 16]],
  ['sha', ['sha1', 20]],
  ['sha-256', ['sha256', 32]],
  ['sha-384', ['sha384', 48]],
  ['sha-512', ['sha512', 64]],
]);

/** Of a structured dictionary (RFC 9651): a key and a byte sequence; parameters are passed over. */
const BYTE_SEQUENCE = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):(?:;.*)?$/;

/** Of `Digest`: a name in any case, and base64. */
const INSTANCE_DIGEST = /^([A-Za-z0-9-]+)=([A-Za-z0-9+/]+={0,2})$/;

/** How each header says digests. */
type Reader = (value: string) => Checksum | undefined;

/** About the bytes of this very response. */
const OF_CONTENT: readonly [header: string, Reader][] = [
  ['content-digest', (value) => strongestOf(value, BYTE_SEQUENCE)],
  ['content-md5', (value) => checksumOf('md5', value.trim())],
];

/** About the whole file, in the content coding that the response has. */
const OF_REPRESENTATION: readonly [header: string, Reader][] = [
  ['repr-digest', (value) => strongestOf(value, BYTE_SEQUENCE)],
  ['digest', (value) => strongestOf(value, INSTANCE_DIGEST)],
];

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What the headers say of the bytes of this response. What makes no sense, or is not known, is not there. */
export function contentDigests(headers: RawHeaders): StatedChecksum[] {
  return statedIn(headers, OF_CONTENT);
}

/** What the headers say of the whole file, as it is sent. */
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
    // Of several lines one list (RFC 9110 section 5.3).
    const checksum = read([value].flat().join(','));
    if (checksum !== undefined) stated.push({ ...checksum, header });
  }
  return stated;
}

/** Of several digests in one header the strongest counts: to check one is to check the bytes. */
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
