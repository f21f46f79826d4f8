/**
 * The memory that bodies are kept in until they are saved, in blocks and pieces. It is reused: a new buffer
 * for each chunk took longer to allocate, fill and collect than the chunk took to download. And the more
 * memory there is outside of V8's heap, the more often V8 collects the heap.
 */

/** The size of a block in bytes. Bodies that are written as they arrive are collected in blocks. */
export const BLOCK = 256 * 1024;

/** How many blocks all files together may have to spare, and how many are kept for reuse: 8 MiB. */
const MOST_BLOCKS = 32;

/** The length of a piece is a multiple of this, in bytes. */
const GRAIN = 4 * 1024;

/** Chunks that are shorter, in bytes, are copied into Node's own pool. */
const SHORTEST_PIECE = 1024;

/** The longest piece, in bytes: as much as is read from a connection at once. */
const LONGEST_PIECE = 64 * 1024;

/** How many bytes of free pieces are kept for reuse, at most. */
const MOST_KEPT = 4 * 1024 * 1024;

/** A block or a piece. */
interface Memory {
  readonly bytes: Uint8Array;
  /** Whether it was given back. */
  isFree: boolean;
}

/** Free pieces, by their length in grains. The one that was used last is taken first: it is in the cache. */
const freePieces: Memory[][] = Array.from({ length: LONGEST_PIECE / GRAIN + 1 }, () => []);
const freeBlocks: Memory[] = [];
let bytesKept = 0;
let blocksMade = 0;

/**
 * All blocks and pieces, by their buffer. A buffer that has their length may be another one: Node's own pool
 * has a length that can be set (`Buffer.poolSize`), and is shared.
 */
const ours = new WeakMap<ArrayBufferLike, Memory>();

/** Whether there is a block to spare. */
export function areBlocksLeft(): boolean {
  return freeBlocks.length > 0 || blocksMade < MOST_BLOCKS;
}

/** A block, whose bytes are undefined. The caller passes it to {@link giveBack}. */
export function takeBlock(): Uint8Array {
  const free = freeBlocks.pop();
  if (free !== undefined) return use(free);
  blocksMade++;
  return make(BLOCK);
}

/** Copies a chunk into a piece. The caller passes it to {@link giveBack}. */
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
 * Takes back the memory of these blocks and pieces. Nothing reads them any more, such as a write. Other
 * buffers are left alone.
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
