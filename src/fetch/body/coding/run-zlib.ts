import type { Transform } from 'node:stream';
import type { CodedInput } from './coded-input.ts';

/** A decoding stream of `node:zlib`. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

/**
 * Decodes with `stream` to the end of the encoded data; what follows stays in `input`. No more is
 * decoded than the caller takes.
 *
 * @throws what `node:zlib` throws; `Z_BUF_ERROR` when the input ends too early
 */
export async function* runZlib(stream: ZlibStream, input: CodedInput): AsyncGenerator<Buffer> {
  const watched = new Watched(stream);
  try {
    for (;;) {
      const piece = await input.next();
      const before = stream.bytesWritten;
      const taken = () => stream.bytesWritten - before;
      let isTaken = false;
      if (piece === undefined) {
        stream.end();
      } else {
        stream.write(piece, (error) => {
          // Bytes after the end are not consumed. The end, or a failure, arrives as an event.
          isTaken = !error && taken() === piece.length;
          watched.tell();
        });
      }
      while (!isTaken && !watched.hasEnded) {
        const decoded: Buffer | null = stream.read();
        if (decoded === null) await watched.change();
        else yield decoded;
      }
      for (let decoded = stream.read(); decoded !== null; decoded = stream.read()) yield decoded;
      if (watched.hasEnded) {
        if (piece !== undefined) input.giveBack(piece.subarray(taken()));
        return;
      }
    }
  } finally {
    stream.destroy();
  }
}

/**
 * Decodes `deflate`: zlib (RFC 1950), or a bare deflate stream (RFC 1951), which many servers send. The
 * first two bytes tell: no encoder begins a bare stream as zlib does.
 */
export async function* inflate(input: CodedInput): AsyncGenerator<Buffer> {
  const { createInflate, createInflateRaw } = process.getBuiltinModule('node:zlib');
  const [first = 0, second = 0] = await input.peek(2);
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  yield* runZlib(isZlib ? createInflate() : createInflateRaw(), input);
}

/** Decodes Brotli (RFC 7932). */
export function unbrotli(input: CodedInput): AsyncGenerator<Buffer> {
  return runZlib(process.getBuiltinModule('node:zlib').createBrotliDecompress(), input);
}

/** Waits for the events of a stream. */
class Watched {
  hasEnded = false;
  #error: Error | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(stream: ZlibStream) {
    stream.on('readable', () => this.tell());
    stream.on('end', () => {
      this.hasEnded = true;
      this.tell();
    });
    stream.on('error', (error: Error) => {
      this.#error = error;
      this.tell();
    });
  }

  tell(): void {
    this.#changed.resolve();
  }

  /**
   * @returns once an event has come since the last call
   * @throws the stream's error
   */
  async change(): Promise<void> {
    await this.#changed.promise;
    this.#changed = Promise.withResolvers();
    if (this.#error !== undefined) throw this.#error;
  }
}

/** The error of `node:zlib` for input that ends too early. */
export function cutShort(): Error {
  return Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' });
}

/** The error of `node:zlib` for invalid input. */
export function brokenData(message: string): Error {
  return Object.assign(new Error(message), { code: 'Z_DATA_ERROR' });
}
