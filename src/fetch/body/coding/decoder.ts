import { EncodingError, TooLargeError, TruncatedError } from '../../../model/failure.ts';
import { CodedInput, PieceQueue } from './coded-input.ts';
import type { Coding } from './content-codings.ts';
import { UNDO } from './undo.ts';

/** In bytes: a coding makes what does not get shorter a little longer. */
const SLACK = 1024 * 1024;

/** What a {@link Decoder} tells. */
export interface DecoderEvents {
  /** Takes a decoded piece. @returns a promise when the decoder should pause until it is fulfilled */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** It cannot go on. */
  fail(error: unknown): void;
}

/**
 * Undoes content codings piece by piece: no more is decoded than is taken, so a small body that
 * decodes to an endless one costs no memory.
 */
export class Decoder implements Disposable {
  readonly #input = new PieceQueue();
  readonly #events: DecoderEvents;
  readonly #maxSize: number;
  readonly #ended = Promise.withResolvers<void>();
  readonly #disposed = Promise.withResolvers<void>();
  #received = 0;
  #isDisposed = false;
  #note: string | undefined;

  /**
   * @param codings as `codingsOf` gives them, one at least
   * @param maxSize of what comes, and of what is between two codings, in bytes: that much may come to
   *   nothing in the end, and a count of what is decoded would not show it
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

  /** What was tolerated, in a few words; undefined when nothing had to be. */
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
    // A copy: it may be decoded later, and the chunk is ours for now only.
    return this.#input.put(Buffer.from(chunk));
  }

  /** There is no more. @returns once all of it was taken; not at all when something failed */
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
      yield* UNDO[coding](input);
    } catch (error) {
      throw this.#explained(coding, error as Error);
    }
    // As curl and gzip(1) do.
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

  /** A stream without its end may have one the next time; one that makes no sense will not. */
  #explained(coding: string, error: Error): Error {
    // Of a coding before it.
    if (error instanceof EncodingError || error instanceof TruncatedError) return error;
    if (error instanceof TooLargeError) return error;
    const isCutShort = 'code' in error && error.code === 'Z_BUF_ERROR';
    return isCutShort
      ? new TruncatedError(Number.NaN, this.#received, error)
      : new EncodingError(coding, error);
  }
}
