import { CodedInput } from './coded-input.ts';
import { brokenData, cutShort, runZlib, type ZlibStream } from './run-zlib.ts';

/** The window that a frame may ask for, in bits: 8 MB, as in HTTP (RFC 9659). The default is 128 MB. */
const ZSTD_WINDOW_LOG = 23;

/** Decodes zstd (RFC 8878): all frames that follow each other. Anything else stays in `input`. */
export async function* unzstd(input: CodedInput): AsyncGenerator<Buffer> {
  if (!beginsFrame(await input.peek(MAGIC_LENGTH))) throw brokenData('not a frame');
  const frames = new CodedInput(framesIn(input));
  do {
    yield* runZlib(createUnzstd(), frames);
  } while ((await frames.peek(1)).length > 0);
}

/** The pieces of the frames at the start of `input`. */
async function* framesIn(input: CodedInput): AsyncGenerator<Buffer> {
  for (;;) {
    const start = await input.peek(MAGIC_LENGTH);
    if (start.length === 0 || !beginsFrame(start)) return;
    for (const frame = new ZstdFrame(); !frame.isOver; ) {
      const piece = await input.next();
      if (piece === undefined) throw cutShort();
      const own = frame.read(piece);
      input.giveBack(piece.subarray(own));
      yield piece.subarray(0, own);
    }
  }
}

function createUnzstd(): ZlibStream {
  const { constants, createZstdDecompress } = process.getBuiltinModule('node:zlib');
  return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
}

/** The first four bytes of frames, as little-endian numbers (RFC 8878 section 3.1). */
const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** The lowest bits of `SKIPPABLE` may have any value. */
const ANY_OF_SKIPPABLE = 0x0f;

/** The length of these first bytes. */
export const MAGIC_LENGTH = 4;

/** Lengths of fields in a frame's header, by the bits that select them (section 3.1.1.1). */
const DICTIONARY_ID = [0, 1, 2, 4] as const;
const CONTENT_SIZE = [0, 2, 4, 8] as const;

/** The type of a block that consists of one repeated byte (section 3.1.1.2.2). */
const REPEATED = 1;

/** One step of reading: bytes to skip, then bytes that say what follows. */
interface Step {
  readonly skip: number;
  readonly bytes: number;
  /** @returns undefined at the end of the frame */
  readonly read: (bytes: Buffer) => Step | undefined;
}

/**
 * Finds the end of a zstd frame: `node:zlib` does not report an error when the next frame is
 * truncated within its first bytes.
 */
export class ZstdFrame {
  #next: Step | undefined = { skip: 0, bytes: MAGIC_LENGTH, read: readMagic };
  #begun: Buffer = Buffer.alloc(0);

  /** Whether the whole frame has been read. */
  get isOver(): boolean {
    return this.#next === undefined;
  }

  /** Reads on. @returns how many bytes belong to the frame; all of them unless it ends there */
  read(bytes: Buffer): number {
    let at = 0;
    while (this.#next !== undefined) {
      const { skip, bytes: wanted, read } = this.#next;
      const skipped = Math.min(skip, bytes.length - at);
      at += skipped;
      const piece = bytes.subarray(at, at + wanted - this.#begun.length);
      const begun = skipped < skip ? this.#begun : Buffer.concat([this.#begun, piece]);
      if (skipped === skip) at += piece.length;
      if (begun.length < wanted || skipped < skip) {
        this.#next = { skip: skip - skipped, bytes: wanted, read };
        this.#begun = begun;
        break;
      }
      this.#begun = Buffer.alloc(0);
      this.#next = read(begun);
    }
    return at;
  }
}

/** Whether a frame can begin this way. @param start its first four bytes, or fewer if truncated */
export function beginsFrame(start: Buffer): boolean {
  const magic = Buffer.alloc(MAGIC_LENGTH);
  for (const number of [FRAME, SKIPPABLE | ((start[0] ?? 0) & ANY_OF_SKIPPABLE)]) {
    magic.writeUInt32LE(number);
    if (magic.subarray(0, start.length).equals(start)) return true;
  }
  return false;
}

function readMagic(magic: Buffer): Step {
  if (magic.readUInt32LE() === FRAME) return { skip: 0, bytes: 1, read: readDescriptor };
  return { skip: 0, bytes: 4, read: (size) => passOver(size.readUInt32LE()) };
}

/** The last bytes of a frame. */
function passOver(count: number): Step | undefined {
  // The last byte is read rather than skipped, so that it must have come.
  return count === 0 ? undefined : { skip: count - 1, bytes: 1, read: () => undefined };
}

function readDescriptor([descriptor = 0]: Buffer): Step {
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBits = descriptor >> 6;
  const size = sizeBits === 0 && isSingle ? 1 : (CONTENT_SIZE[sizeBits] ?? 0);
  const window = isSingle ? 0 : 1;
  const sum = (descriptor & 0x04) === 0 ? 0 : 4;
  return blockAfter(window + (DICTIONARY_ID[descriptor & 3] ?? 0) + size, sum);
}

/** @param sum the length of the frame's checksum, which follows its last block */
function blockAfter(skip: number, sum: number): Step {
  const read = (header: Buffer) => {
    const block = header.readUIntLE(0, 3);
    const kind = (block >> 1) & 3;
    const length = kind === REPEATED ? 1 : block >> 3;
    return (block & 1) === 0 ? blockAfter(length, sum) : passOver(length + sum);
  };
  return { skip, bytes: 3, read };
}
