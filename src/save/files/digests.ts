import { createHash, type Hash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ChecksumError } from '../../model/failure.ts';
import type { Checksum } from '../../model/item.ts';

export type Algorithm = Checksum['algorithm'];

/** Digests in lower-case hex. */
export type DigestsOf = Partial<Record<Algorithm, string>>;

const NONE: DigestsOf = {};

/** The digests of a body that is already there. */
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

/** In bytes: a file is read in fewer steps than by Node's default of 64 KiB. */
const READ_AT_ONCE = 512 * 1024;

/** The digests of a body as it comes. */
export class RunningDigests {
  readonly #hashes: ReadonlyArray<readonly [Algorithm, Hash]>;
  #bytes = 0;

  constructor(algorithms: readonly Algorithm[]) {
    this.#hashes = algorithms.map((algorithm) => [algorithm, createHash(algorithm)]);
  }

  /** How many were taken. */
  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    for (const [, running] of this.#hashes) running.update(chunk);
  }

  /** Takes what is missing of the first `bytes` of a file: they did not come this way. */
  async absorb(path: string, bytes: number): Promise<void> {
    if (this.#hashes.length === 0 || this.#bytes >= bytes) return;
    const missing = { start: this.#bytes, end: bytes - 1, highWaterMark: READ_AT_ONCE };
    for await (const chunk of createReadStream(path, missing)) this.update(chunk);
  }

  /** Ends it. */
  results(): DigestsOf {
    return Object.fromEntries(this.#hashes.map(([name, running]) => [name, running.digest('hex')]));
  }
}

/**
 * @param header that says the checksum, when it is not the row's own
 * @throws ChecksumError when a file with these digests is not the one asked for
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
