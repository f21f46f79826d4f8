/**
 * The memory that bodies are kept in until they are saved. It is used again: to allocate, fill and collect
 * a buffer for each chunk took longer than to download it, and what V8 counts as memory outside of its
 * heap has it collect the heap more often.
 */

/** The size of a block in bytes. */
export const BLOCK = 256 * 1024;

/** How many blocks all files together may have to spare, and how many are kept for reuse: 8 MiB. */
const MOST_BLOCKS = 32;

/** Pieces are as long as a multiple of this, in bytes. */
const GRAIN = 4 * 1024;

/** Shorter chunks are copied into Node's own pool. In bytes. */
const SHORTEST_PIECE = 1024;

/** The longest piece in bytes: what is read from a connection at once. */
const LONGEST_PIECE = 64 * 1024;

/** How many bytes of pieces are kept for reuse, at most. */
const MOST_KEPT = 4 * 1024 * 1024;

/** A block or a piece. */
interface Memory {
  readonly bytes: Uint8Array;
  /** Whether it waits to be used again. */
  isFree: boolean;
}

/** What is free, by its length in grains. The memory that was used last, which the cache has, comes first. */
const freePieces: Memory[][] = Array.from({ length: LONGEST_PIECE / GRAIN + 1 }, () => []);
const freeBlocks: Memory[] = [];
let bytesKept = 0;
let blocksMade = 0;

/**
 * All of it, by its buffer. The length does not identify it: `Buffer.poolSize` may be the same, and Node's
 * pool is shared with other buffers.
 */
const ours = new WeakMap<ArrayBufferLike, Memory>();

/** Whether there is a block to spare. */
export function areBlocksLeft(): boolean {
  return freeBlocks.length > 0 || blocksMade < MOST_BLOCKS;
}

/** An empty block. */
export function takeBlock(): Uint8Array {
  const free = freeBlocks.pop();
  if (free !== undefined) return use(free);
  blocksMade++;
  return make(BLOCK);
}

/** Copies a chunk. */
export function copyOf(chunk: Uint8Array): Uint8Array {
  const length = chunk.byteLength;
  if (length < SHORTEST_PIECE || length > LONGEST_PIECE) return Buffer.from(chunk);
  const grains = Math.ceil(length / GRAIN);
  const free = freePieces[grains]?.pop();
  if (free !== undefined) bytesKept -= free.bytes.byteLength;
  const piece = free === undefined ? make(grains * GRAIN) : use(free);
  piece.set(chunk);
  return piece.subarray(0, length);
}

/**
 * Takes back the memory of these pieces, once. They are no longer read by anything, such as a write.
 * @throws Error when it was given back before: two bodies would get the same memory
 */
export function giveBack(pieces: readonly Uint8Array[]): void {
  for (const { buffer } of pieces) {
    const memory = ours.get(buffer);
    if (memory === undefined) continue;
    if (memory.isFree) throw new Error('the memory of a body was given back twice');
    const { byteLength } = memory.bytes;
    if (byteLength === BLOCK) {
      if (freeBlocks.length < MOST_BLOCKS) keep(memory, freeBlocks);
      else blocksMade--;
    } else if (bytesKept + byteLength <= MOST_KEPT) {
      bytesKept += byteLength;
      keep(memory, freePieces[byteLength / GRAIN]);
    }
  }
}

function keep(memory: Memory, free: Memory[] | undefined): void {
  memory.isFree = true;
  free?.push(memory);
}

function use(memory: Memory): Uint8Array {
  memory.isFree = false;
  return memory.bytes;
}

function make(length: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length);
  ours.set(bytes.buffer, { bytes, isFree: false });
  return bytes;
}
