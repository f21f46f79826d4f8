/** In bytes. */
export const BLOCK = 256 * 1024;

/**
 * What one file holds at most while a write of it is under way, in bytes, if there are blocks for it: with
 * less the disk waits for the run between two writes.
 */
export const MOST_BUFFERED: number = 4 * BLOCK;

/** Blocks for that, of all files together, and kept for the next ones who need some: 8 MiB. */
const MOST_BLOCKS = 32;

const free: Uint8Array[] = [];
let made = 0;

/** Not told by their size: `Buffer.poolSize` may be the same, and what lies in Node's pool is others' as well. */
const blocks = new WeakSet<ArrayBufferLike>();

/**
 * Bytes that came and are not written yet. They are copied, since they came in a buffer that is the
 * connection's: few of them into memory of just their size, many into blocks that are used again
 * and again, as collecting a new buffer for each piece takes longer than filling it.
 */
export class WriteBuffer {
  readonly #few: number;
  #areMany = false;
  #pieces: Uint8Array[] = [];
  #size = 0;
  /** How much of the last piece is used, if it is a block. */
  #used = BLOCK;
  /** For those who wait until fewer are held. */
  #room: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param few how many, at most, are not worth a block, as long as no more come */
  constructor(few: number) {
    this.#few = few;
  }

  /** How many there are. */
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
   * While a block is being written, the next one fills, and further ones where there are some.
   * @returns a promise while there is no room; it rejects once they cannot be written
   */
  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#size < BLOCK || (this.#size < MOST_BUFFERED && areLeft())) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** They cannot be written: whoever waits for room is told, and whoever comes next. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#room?.reject(error);
    this.#room = undefined;
  }

  /**
   * All of them, in order: now they are the caller's, who gives them to {@link reuse} when done. There
   * is room for others.
   */
  take(): { readonly pieces: readonly Uint8Array[]; readonly size: number } {
    if (this.#used < BLOCK) this.#pieces.push(this.#lastBlock().subarray(0, this.#used));
    this.#used = BLOCK;
    const taken = { pieces: this.#pieces, size: this.#size };
    this.#pieces = [];
    this.#size = 0;
    this.#room?.resolve();
    this.#room = undefined;
    return taken;
  }

  /** Drops them; what comes now may be few again. */
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

  #lastBlock(): Uint8Array {
    return this.#pieces.pop() as Uint8Array;
  }
}

function newBlock(): Uint8Array {
  made++;
  const block = Buffer.allocUnsafeSlow(BLOCK);
  blocks.add(block.buffer);
  return block;
}

/** Whether one more file may have one more block than it needs. */
function areLeft(): boolean {
  return free.length > 0 || made < MOST_BLOCKS;
}

/** Nobody needs these pieces any more, and nothing is being written from them. */
export function reuse(pieces: readonly Uint8Array[]): void {
  for (const { buffer } of pieces) {
    if (!blocks.has(buffer)) continue;
    if (free.length < MOST_BLOCKS) free.push(new Uint8Array(buffer));
    else made--;
  }
}
