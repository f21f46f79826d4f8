import type { Transform } from 'node:stream';
import { EncodingError, TooLargeError, TruncatedError } from '../model/failure.ts';

/** What a request may ask for: the content codings that {@link Decoder} knows and servers use. */
export const ACCEPTED_CODINGS = 'gzip, br, zstd';

/** RFC 9110 section 8.4.1, and what came later. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib().createGunzip(),
  'x-gzip': () => zlib().createGunzip(),
  deflate: () => zlib().createInflate(),
  br: () => zlib().createBrotliDecompress(),
  zstd: () => {
    const { constants, createZstdDecompress } = zlib();
    return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
  },
};

/** Of the memory that a body may ask for, in bits: 8 MB, as HTTP has it (RFC 9659); else it is 128. */
const ZSTD_WINDOW_LOG = 23;

/** Only when something is encoded: it takes 2 ms to load. */
const zlib = () => process.getBuiltinModule('node:zlib');

/** More than one coding is rare, and more than a few are an attack. */
const MOST_CODINGS = 4;

/**
 * The codings that a `Content-Encoding` names, in the order in which they were applied.
 * @throws EncodingError for one that is not known
 */
export function codingsOf(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  const codings = header.split(',').map((coding) => coding.trim().toLowerCase());
  const applied = codings.filter((coding) => coding !== '' && coding !== 'identity');
  if (applied.length > MOST_CODINGS || applied.some((coding) => !Object.hasOwn(DECODERS, coding))) {
    throw new EncodingError(header);
  }
  return applied;
}

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
  /** The first takes what came, the last gives what it meant. */
  readonly #streams: readonly Transform[];
  readonly #first: Transform;
  readonly #ended = Promise.withResolvers<void>();
  readonly #events: DecoderEvents;
  readonly #maxSize: number;
  #received = 0;
  #disposed = false;

  /**
   * @param codings as {@link codingsOf} gives them, one at least
   * @param maxSize of what comes, and of what is between two codings, in bytes: that much may come to
   *   nothing in the end, and whoever counts what is decoded would not see it
   */
  constructor(
    codings: readonly string[],
    events: DecoderEvents,
    maxSize = Number.POSITIVE_INFINITY,
  ) {
    this.#events = events;
    this.#maxSize = maxSize;
    this.#streams = codings.toReversed().map((coding) => {
      const stream = (DECODERS[coding] as () => Transform)();
      return stream.on('error', (error: Error) => this.#fail(this.#explained(coding, error)));
    });
    this.#first = this.#streams[0] as Transform;
    for (const stream of this.#streams.slice(0, -1)) this.#limit(stream);
    const last = this.#streams.reduce((from, to) => from.pipe(to));
    last.on('data', (chunk: Buffer) => this.#give(last, chunk));
    last.once('end', () => this.#ended.resolve());
  }

  /**
   * @returns a promise when the sender should pause until it is fulfilled
   * @throws TooLargeError
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#received += chunk.byteLength;
    if (this.#isTooMuch(this.#received)) throw new TooLargeError(this.#maxSize);
    // A copy: it may be decoded later, and the chunk is ours for now only.
    if (this.#first.write(Buffer.from(chunk))) return undefined;
    return new Promise((resolve) => this.#first.once('drain', resolve));
  }

  /** There is no more. @returns once all of it was taken; not at all when something failed */
  end(): Promise<void> {
    // An empty body is empty in every coding.
    if (this.#received === 0) return Promise.resolve();
    this.#first.end();
    return this.#ended.promise;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const stream of this.#streams) stream.destroy();
  }

  #limit(stream: Transform): void {
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (this.#isTooMuch(bytes)) this.#fail(new TooLargeError(this.#maxSize));
    });
  }

  #isTooMuch(bytes: number): boolean {
    return bytes > this.#maxSize + SLACK;
  }

  #give(last: Transform, chunk: Buffer): void {
    if (this.#disposed) return;
    try {
      const full = this.#events.write(chunk);
      if (full === undefined) return;
      last.pause();
      full.then(
        () => last.resume(),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A stream without its end may have one the next time; one that makes no sense will not. */
  #explained(coding: string, error: Error): Error {
    const isCutShort = 'code' in error && error.code === 'Z_BUF_ERROR';
    return isCutShort
      ? new TruncatedError(Number.NaN, this.#received, error)
      : new EncodingError(coding, error);
  }

  #fail(error: unknown): void {
    if (!this.#disposed) this.#events.fail(error);
  }
}
