import type { Transform } from 'node:stream';
import type { CodedInput } from './coded-input.ts';

/** A stream of `node:zlib` that decodes. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

/**
 * Decodes with `stream` until what it decodes has ended; what is behind that stays in `input`. No more is decoded
 * than is taken.
 * @throws what `node:zlib` has to say; `Z_BUF_ERROR` when the input ends before what is decoded does
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
          // What is behind the end is not taken, and that end is told as an event, as is a failure.
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

/** What a stream tells. */
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

  /** @returns once an event has come since the last call @throws the stream's error */
  async change(): Promise<void> {
    await this.#changed.promise;
    this.#changed = Promise.withResolvers();
    if (this.#error !== undefined) throw this.#error;
  }
}

/** As `node:zlib` says that there is no end. */
export function cutShort(): Error {
  return Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' });
}

/** As it says that what comes makes no sense. */
export function brokenData(message: string): Error {
  return Object.assign(new Error(message), { code: 'Z_DATA_ERROR' });
}
