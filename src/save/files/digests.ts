import { createHash, type Hash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ChecksumError } from '../../model/file-errors.ts';
import type { Checksum } from '../../model/item.ts';

export type Algorithm = Checksum['algorithm'];

/** Digests in lower-case hex. */
export type DigestsOf = Partial<Record<Algorithm, string>>;

const NONE: DigestsOf = {};

/** The digests of a body in memory. */
export function digestsOf(
  pieces: readonly Uint8Array[],
  algorithms: readonly Algorithm[],
): DigestsOf {
  if (algorithms.length === 0) return NONE;
  const body = Buffer.concat(pieces);
  const digests: DigestsOf = {};
  for (const algorithm of algorithms) digests[algorithm] = hash(algorithm, body);
  return digests;
}

/** In bytes. A file is read in fewer steps than with Node's default of 64 KiB. */
const READ_AT_ONCE = 512 * 1024;

/** The digests of a body as it arrives. */
export class RunningDigests {
  readonly #hashes: ReadonlyArray<readonly [Algorithm, Hash]>;
  #bytes = 0;

  constructor(algorithms: readonly Algorithm[]) {
    this.#hashes = algorithms.map((algorithm) => [algorithm, createHash(algorithm)]);
  }

  /** How many bytes have been hashed. */
  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    for (const [, running] of this.#hashes) running.update(chunk);
  }

  /** Hashes those of the first `bytes` of a file that have not been hashed yet. */
  async absorb(path: string, bytes: number): Promise<void> {
    if (this.#hashes.length === 0 || this.#bytes >= bytes) return;
    const missing = { start: this.#bytes, end: bytes - 1, highWaterMark: READ_AT_ONCE };
    for await (const chunk of createReadStream(path, missing)) this.update(chunk);
  }

  /** Ends the hashing. */
  results(): DigestsOf {
    return Object.fromEntries(this.#hashes.map(([name, running]) => [name, running.digest('hex')]));
  }
}

/**
 * Compares a file's digests with its checksum.
 * @param header that stated the checksum, if it is not the row's own
 * @throws ChecksumError when they differ
 */
export function check(
  checksum: Checksum | undefined,
  digests: DigestsOf,
  header?: string | undefined,
): void {
  if (checksum === undefined) return;
  const actual = digests[checksum.algorithm] ?? '';
  if (actual !== checksum.hex) throw new ChecksumError(checksum, actual, header);
}
