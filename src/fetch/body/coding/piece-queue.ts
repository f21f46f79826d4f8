/** Of what waits, in bytes: with more of it the sender is to pause. */
const ROOM = 16 * 1024;

/** Pieces on their way from a sender, which does not wait, to a reader that takes them one by one. */
export class PieceQueue implements AsyncIterable<Buffer> {
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

  /** There is no more. */
  end(): void {
    this.#hasEnded = true;
    this.#changed.resolve();
  }

  /** What waits is of no use any more: its reader gets an error. */
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
