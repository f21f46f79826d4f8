import { ByteRangeError, ProtocolError } from '../../model/failure.ts';
import { TooLargeError } from '../../model/file-errors.ts';
import type { BodyWriter } from '../../model/response.ts';
import type { Coding } from './coding/content-codings.ts';
import { Decoder } from './coding/decoder.ts';

/** Options of a {@link DecodedBody}. */
export interface DecodedBodyOptions {
  /** As `codingsOf` gives them; empty for a body that is saved as it comes. */
  readonly codings: readonly Coding[];
  /** Where in the file the body begins, in bytes. */
  readonly offset: number;
  /** The length that the head states, in bytes; NaN when it states none. */
  readonly announced: number;
  /** The longest file wanted, in bytes. */
  readonly maxSize: number;
}

/** The body of a response that carries the file: decodes it, counts its bytes, and passes them on. */
export class DecodedBody implements Disposable {
  readonly #body: BodyWriter;
  readonly #maxSize: number;
  readonly #room: number;
  readonly #decoder: Decoder | undefined;
  readonly #announced: number;
  readonly #isRest: boolean;
  #received = 0;
  #bytes = 0;

  /** @param fail called when decoding fails, or writing what was decoded */
  constructor(
    body: BodyWriter,
    { codings, offset, announced, maxSize }: DecodedBodyOptions,
    fail: (error: unknown) => void,
  ) {
    this.#body = body;
    this.#maxSize = maxSize;
    this.#room = maxSize - offset;
    this.#announced = announced;
    this.#isRest = offset > 0;
    if (codings.length > 0) {
      const events = { write: (chunk: Uint8Array) => this.#hand(chunk), fail };
      this.#decoder = new Decoder(codings, events, maxSize);
    }
  }

  /** How many decoded bytes were passed on. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What was tolerated in the body, in a few words; undefined when nothing was. */
  get note(): string | undefined {
    return this.#decoder?.note;
  }

  /**
   * @returns a promise when the sender should pause until it is fulfilled
   * @throws ByteRangeError or ProtocolError when more comes than was announced, of which nothing is
   *   passed on; TooLargeError; what the body's writer throws
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#received += chunk.byteLength;
    if (this.#received > this.#announced) throw this.#tooMuch();
    return this.#decoder === undefined ? this.#hand(chunk) : this.#decoder.write(chunk);
  }

  /** No more follows. @returns a promise while there is still something to decode */
  end(): Promise<void> | undefined {
    return this.#decoder?.end();
  }

  [Symbol.dispose](): void {
    this.#decoder?.[Symbol.dispose]();
  }

  #hand(chunk: Uint8Array): Promise<void> | undefined {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#room) throw new TooLargeError(this.#maxSize);
    return this.#body.write(chunk);
  }

  #tooMuch(): Error {
    const what = `it sends more than the ${this.#announced} bytes that it announces`;
    return this.#isRest ? new ByteRangeError(what) : new ProtocolError(what);
  }
}
