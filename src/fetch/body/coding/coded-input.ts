/** The input of a decoder: pieces on request, whose unused rest can be given back. */
export class CodedInput {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer | undefined;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @returns the next piece, never empty; undefined at the end */
  async next(): Promise<Buffer | undefined> {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) return rest;
    for (;;) {
      const { done, value } = await this.#source.next();
      if (done) return undefined;
      if (value.length > 0) return value;
    }
  }

  /** @param rest of the piece read last: it is read next */
  giveBack(rest: Buffer): void {
    if (rest.length > 0) this.#rest = rest;
  }

  /** @returns the next `count` bytes, fewer only at the end */
  async take(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let length = 0;
    while (length < count) {
      const piece = await this.next();
      if (piece === undefined) break;
      pieces.push(piece);
      length += piece.length;
    }
    const taken = Buffer.concat(pieces, length);
    this.giveBack(taken.subarray(count));
    return taken.subarray(0, count);
  }

  /** Returns the next `count` bytes without consuming them; fewer only at the end. */
  async peek(count: number): Promise<Buffer> {
    const seen = await this.take(count);
    this.giveBack(this.#rest === undefined ? seen : Buffer.concat([seen, this.#rest]));
    return seen;
  }

  /** Skips everything that is left. @returns how many bytes that was */
  async skipAll(): Promise<number> {
    let skipped = 0;
    for (let piece = await this.next(); piece !== undefined; piece = await this.next()) {
      skipped += piece.length;
    }
    return skipped;
  }
}

/** The sender should pause when more than this is queued, in bytes. */
const ROOM = 16 * 1024;

/** Passes pieces from a sender that does not wait to a reader that takes them one by one. */
export class ByteQueue implements AsyncIterable<Buffer> {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #hasEnded = false;
  #isClosed = false;
  #changed = Promise.withResolvers<void>();
  #drained: PromiseWithResolvers<void> | undefined;

  /** @returns a promise when the sender should pause until it is fulfilled */
  put(piece: Buffer): Promise<void> | undefined {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    this.#changed.resolve();
    if (this.#bytes <= ROOM) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** No more pieces follow. */
  end(): void {
    this.#hasEnded = true;
    this.#changed.resolve();
  }

  /** Drops what is queued; the reader gets an error. */
  close(): void {
    this.#isClosed = true;
    this.#pieces.length = 0;
    this.#changed.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#isClosed) throw new Error('closed');
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.#bytes -= piece.length;
        if (this.#bytes <= ROOM) this.#drain();
        yield piece;
      } else if (this.#hasEnded) {
        return;
      } else {
        await this.#changed.promise;
        this.#changed = Promise.withResolvers();
      }
    }
  }

  #drain(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
