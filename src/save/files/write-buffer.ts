/** The size of a block in bytes. */
export const BLOCK = 256 * 1024;

/**
 * How many bytes a file may buffer while it is being written to, if there are blocks to spare. With fewer
 * the disk waits for the run between two writes.
 */
export const MOST_BUFFERED: number = 4 * BLOCK;

/** How many blocks all files together may have for that, and how many are kept for reuse: 8 MiB. */
const MOST_BLOCKS = 32;

const free: Uint8Array[] = [];
let made = 0;

/**
 * The memory of the blocks. Their size does not identify them: `Buffer.poolSize` may be the same, and
 * Node's pool is shared with other buffers.
 */
const blocks = new WeakSet<ArrayBufferLike>();

/**
 * Bytes that have arrived and are not written yet. They are copied, since the chunks they arrive in belong
 * to the connection: a few bytes into memory of exactly their size, more into blocks that are reused,
 * since garbage collection of a new buffer for each chunk takes longer than filling it.
 */
export class WriteBuffer {
  readonly #few: number;
  #areMany = false;
  #pieces: Uint8Array[] = [];
  #size = 0;
  /** How much of the last piece is filled, if it is a block. */
  #used = BLOCK;
  /** Resolved once there is room again. */
  #room: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param few up to how many bytes no block is used */
  constructor(few: number) {
    this.#few = few;
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#size;
  }

  /** Copies `chunk`. */
  add(chunk: Uint8Array): void {
    if (!this.#areMany && this.#size + chunk.byteLength > this.#few) this.#useBlocks();
    this.#size += chunk.byteLength;
    if (this.#areMany) this.#fill(chunk);
    else this.#pieces.push(Buffer.from(chunk));
  }

  /**
   * Whether more may be added: while a block is being written the next one fills, and further ones if
   * there are blocks to spare.
   * @returns a promise while there is no room; it rejects when the bytes cannot be written
   */
  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#size < BLOCK || (this.#size < MOST_BUFFERED && areLeft())) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Rejects the current and future promises of {@link room}: the bytes cannot be written. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#room?.reject(error);
    this.#room = undefined;
  }

  /**
   * Hands over all bytes in order, and makes room for others. The caller passes the pieces to
   * {@link reuse} when it is done with them.
   */
  take(): { readonly pieces: readonly Uint8Array[]; readonly size: number } {
    const block = this.#used < BLOCK ? this.#pieces.pop() : undefined;
    if (block !== undefined) this.#pieces.push(block.subarray(0, this.#used));
    this.#used = BLOCK;
    const taken = { pieces: this.#pieces, size: this.#size };
    this.#pieces = [];
    this.#size = 0;
    this.#room?.resolve();
    this.#room = undefined;
    return taken;
  }

  /** Drops the bytes, and a failure with them. */
  clear(): void {
    reuse(this.take().pieces);
    this.#areMany = false;
    this.#failure = undefined;
  }

  #useBlocks(): void {
    const { pieces, size } = this.take();
    this.#areMany = true;
    this.#size = size;
    for (const piece of pieces) this.#fill(piece);
  }

  #fill(chunk: Uint8Array): void {
    for (let done = 0; done < chunk.byteLength; ) {
      if (this.#used === BLOCK) {
        this.#pieces.push(free.pop() ?? newBlock());
        this.#used = 0;
      }
      const part = chunk.subarray(done, done + BLOCK - this.#used);
      this.#pieces.at(-1)?.set(part, this.#used);
      this.#used += part.byteLength;
      done += part.byteLength;
    }
  }
}

function newBlock(): Uint8Array {
  made++;
  const block = Buffer.allocUnsafeSlow(BLOCK);
  blocks.add(block.buffer);
  return block;
}

/** Whether there is a block to spare. */
function areLeft(): boolean {
  return free.length > 0 || made < MOST_BLOCKS;
}

/** Takes back the blocks among these pieces. They are no longer read by anything, such as a write. */
export function reuse(pieces: readonly Uint8Array[]): void {
  for (const { buffer } of pieces) {
    if (!blocks.has(buffer)) continue;
    if (free.length < MOST_BLOCKS) free.push(new Uint8Array(buffer));
    else made--;
  }
}
