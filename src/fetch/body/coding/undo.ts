import { CodedInput } from './coded-input.ts';
import type { Coding } from './content-codings.ts';
import { gunzip } from './gzip.ts';
import { brokenData, cutShort, runZlib, type ZlibStream } from './run-zlib.ts';
import { beginsFrame, MAGIC_LENGTH, ZstdFrame } from './zstd-frame.ts';

/** Decodes one coding. What is behind the end of it stays in the input. */
type Undo = (input: CodedInput) => AsyncGenerator<Buffer>;

export const UNDO: Readonly<Record<Coding, Undo>> = {
  gzip: gunzip,
  deflate: inflate,
  br: (input) => runZlib(zlib().createBrotliDecompress(), input),
  zstd: unzstd,
};

/** Of the memory that a body may ask for, in bits: 8 MB, as HTTP has it (RFC 9659); else it is 128. */
const ZSTD_WINDOW_LOG = 23;

/** Only when something is encoded: it takes 2 ms to load. */
const zlib = () => process.getBuiltinModule('node:zlib');

/**
 * `deflate` is zlib (RFC 1950), and of many servers the bare deflate (RFC 1951) within it. The first two bytes tell:
 * no encoder makes a bare one that begins as zlib does.
 */
async function* inflate(input: CodedInput): AsyncGenerator<Buffer> {
  const [first = 0, second = 0] = await input.peek(2);
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  yield* runZlib(isZlib ? zlib().createInflate() : zlib().createInflateRaw(), input);
}

/** Frames follow each other; what follows the last frame is left in `input`. */
async function* unzstd(input: CodedInput): AsyncGenerator<Buffer> {
  if (!beginsFrame(await input.peek(MAGIC_LENGTH))) throw brokenData('not a frame');
  const frames = new CodedInput(framesIn(input));
  do {
    yield* runZlib(createUnzstd(), frames);
  } while ((await frames.peek(1)).length > 0);
}

/** The pieces of all frames that `input` begins with. */
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
  const { constants, createZstdDecompress } = zlib();
  return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
}
