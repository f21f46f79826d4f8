import { createHash, type Hash } from 'node:crypto';
import { ChecksumError } from '../../model/failure.ts';
import type { StatedChecksum } from '../../model/response.ts';
import { contentDigests, representationDigests } from '../auth/digest-fields.ts';
import type { RawHead } from '../verdict.ts';

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
