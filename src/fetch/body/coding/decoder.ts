import { errorCode } from '../../../model/error-code.ts';
import { EncodingError, TruncatedError } from '../../../model/failure.ts';
import { TooLargeError } from '../../../model/file-errors.ts';
import { ByteQueue, CodedInput } from './coded-input.ts';
import type { Coding } from './content-codings.ts';

/** How much longer than the file its encoded form may be, in bytes: some data does not get shorter. */
const SLACK = 1024 * 1024;

/** Undoes one coding. What follows the encoded data stays in the input. */
type Undo = (input: CodedInput) => AsyncGenerator<Buffer>;

/** Most runs decode nothing, and others one coding: each is loaded with its first body. */
const LOAD: Readonly<Record<Coding, () => Promise<Undo>>> = {
  gzip: async () => (await import('./gzip.ts')).gunzip,
  deflate: async () => (await import('./run-zlib.ts')).inflate,
  br: async () => (await import('./run-zlib.ts')).unbrotli,
  zstd: async () => (await import('./zstd.ts')).unzstd,
};

const loaded = new Map<Coding, Undo>();

async function undoOf(coding: Coding): Promise<Undo> {
  const undo = loaded.get(coding) ?? (await LOAD[coding]());
  loaded.set(coding, undo);
  return undo;
}

/** Receives what a {@link Decoder} decodes. */
export interface DecoderEvents {
  /** Takes a decoded piece. @returns a promise when the decoder should pause until it is fulfilled */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Decoding failed. */
  fail(error: unknown): void;
}

/**
 * Undoes content codings piece by piece. No more is decoded than is taken, so a small body that
 * decodes to an endless one costs no memory.
 */
export class Decoder implements Disposable {
  readonly #input = new ByteQueue();
  readonly #events: DecoderEvents;
  readonly #maxSize: number;
  readonly #ended = Promise.withResolvers<void>();
  readonly #disposed = Promise.withResolvers<void>();
  #received = 0;
  #isDisposed = false;
  #note: string | undefined;

  /**
   * @param codings as `codingsOf` gives them, at least one
   * @param maxSize the most bytes of the body, and between two codings: they may decode to nothing, so
   *   that the size of the file would not show them. @default Infinity
   */
  constructor(
    codings: readonly Coding[],
    events: DecoderEvents,
    maxSize = Number.POSITIVE_INFINITY,
  ) {
    this.#events = events;
    this.#maxSize = maxSize;
    let pieces: AsyncIterable<Buffer> = this.#input;
    for (const coding of codings.toReversed()) {
      if (pieces !== this.#input) pieces = this.#limited(pieces);
      pieces = this.#undone(coding, new CodedInput(pieces));
    }
    this.#run(pieces);
  }

  /** What was tolerated, in a few words; undefined when nothing was. */
  get note(): string | undefined {
    return this.#note;
  }

  /**
   * @returns a promise when the sender should pause until it is fulfilled
   * @throws TooLargeError
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#received += chunk.byteLength;
    if (this.#isTooMuch(this.#received)) throw new TooLargeError(this.#maxSize);
    // The chunk is only lent, and may be decoded later.
    return this.#input.put(Buffer.from(chunk));
  }

  /** No more follows. @returns once everything was taken; never after a failure */
  end(): Promise<void> {
    // An empty body is empty in every coding.
    if (this.#received === 0) return Promise.resolve();
    this.#input.end();
    return this.#ended.promise;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#input.close();
    this.#disposed.resolve();
  }

  async #run(pieces: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const piece of pieces) {
        if (this.#isDisposed) return;
        const full = this.#events.write(piece);
        if (full !== undefined) await Promise.race([full, this.#disposed.promise]);
      }
      this.#ended.resolve();
    } catch (error) {
      if (!this.#isDisposed) this.#events.fail(error);
    }
  }

  async *#undone(coding: Coding, input: CodedInput): AsyncGenerator<Buffer> {
    try {
      const undo = await undoOf(coding);
      yield* undo(input);
    } catch (error) {
      throw this.#explained(coding, error as Error);
    }
    // Like curl and gzip(1).
    if ((await input.skipAll()) > 0) {
      this.#note = `bytes behind the end of what is compressed (${coding}) were left out`;
    }
  }

  async *#limited(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.byteLength;
      if (this.#isTooMuch(bytes)) throw new TooLargeError(this.#maxSize);
      yield piece;
    }
  }

  #isTooMuch(bytes: number): boolean {
    return bytes > this.#maxSize + SLACK;
  }

  /** A truncated stream may be complete the next time; an invalid one will not be valid. */
  #explained(coding: string, error: Error): Error {
    // The error of an outer coding.
    if (error instanceof EncodingError || error instanceof TruncatedError) return error;
    if (error instanceof TooLargeError) return error;
    const isCutShort = errorCode(error) === 'Z_BUF_ERROR';
    return isCutShort
      ? new TruncatedError(Number.NaN, this.#received, error)
      : new EncodingError(coding, error);
  }
}
