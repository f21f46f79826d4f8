import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** How many bytes of a file are read at a time. */
const READ_AT_ONCE = 512 * 1024;

/** The digests of a body. */
export interface BodyDigests {
  readonly sha256: Buffer;
  /** Only where the server checks it and sends it back. */
  readonly md5: Buffer | undefined;
}

/** The bytes of one request. They can be sent several times. */
export interface UploadBody {
  readonly bytes: number;
  /** @param withMd5 whether the MD5 is needed, too @throws the file system's errors */
  digests(withMd5: boolean): BodyDigests | Promise<BodyDigests>;
  /** The body in memory, or a stream of it. */
  open(): readonly Uint8Array[] | Readable;
}

/** A body in memory. */
export class BytesBody implements UploadBody {
  readonly bytes: number;
  readonly #pieces: readonly Uint8Array[];
  #digests: BodyDigests | undefined;

  /** @param pieces are not copied */
  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = pieces;
    this.bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  }

  digests(withMd5: boolean): BodyDigests {
    this.#digests ??= digestsOfPieces(this.#pieces, withMd5);
    return this.#digests;
  }

  open(): readonly Uint8Array[] {
    return this.#pieces;
  }
}

function digestsOfPieces(pieces: readonly Uint8Array[], withMd5: boolean): BodyDigests {
  const [sha256, md5] = [createHash('sha256'), withMd5 ? createHash('md5') : undefined];
  for (const piece of pieces) {
    sha256.update(piece);
    md5?.update(piece);
  }
  return { sha256: sha256.digest(), md5: md5?.digest() };
}

/** A range of a file. It is read for its digests, and once more for each time that it is sent. */
export class FileBody implements UploadBody {
  readonly bytes: number;
  readonly #path: string;
  readonly #start: number;
  #digests: Promise<BodyDigests> | undefined;

  /** @param start of the range, in bytes */
  constructor(path: string, start: number, bytes: number) {
    this.#path = path;
    this.#start = start;
    this.bytes = bytes;
  }

  digests(withMd5: boolean): Promise<BodyDigests> {
    this.#digests ??= this.#read(withMd5);
    return this.#digests;
  }

  open(): readonly Uint8Array[] | Readable {
    if (this.bytes === 0) return [];
    const [start, end] = [this.#start, this.#start + this.bytes - 1];
    return createReadStream(this.#path, { start, end, highWaterMark: READ_AT_ONCE });
  }

  async #read(withMd5: boolean): Promise<BodyDigests> {
    const [sha256, md5] = [createHash('sha256'), withMd5 ? createHash('md5') : undefined];
    for await (const chunk of this.open()) {
      sha256.update(chunk);
      md5?.update(chunk);
    }
    return { sha256: sha256.digest(), md5: md5?.digest() };
  }
}
