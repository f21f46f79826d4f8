import { EncodingError } from './list-error.ts';

/** Byte order marks: the first bytes of a text name its encoding (Unicode Standard, section 23.8). */
const MARKS: ReadonlyArray<readonly [encoding: string, mark: readonly number[]]> = [
  ['utf-32be', [0x00, 0x00, 0xfe, 0xff]],
  ['utf-32le', [0xff, 0xfe, 0x00, 0x00]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
];

/** How many bytes of a list show its encoding, and whether it is one of the files below. */
const LONGEST_MARK = 4;

/** The first bytes of files that are no lists, and what to do instead. */
const NO_LISTS: ReadonlyArray<readonly [head: string, what: string]> = [
  ['PAR1', 'is a Parquet file: unpack it if it is gzipped, and read it with --format parquet'],
  ['PK\x03\x04', 'is a zip archive, or a workbook of Excel: unpack it, or save it as CSV'],
  ['\xd0\xcf\x11\xe0', 'is an old workbook of Excel: save it as CSV'],
  ['%PDF', 'is a PDF file, not a list'],
  ['SQLi', 'is an SQLite database: export its table as CSV'],
  ['ARRO', 'is an Arrow file: write its URLs to CSV or JSON lines first'],
  ['Obj\x01', 'is an Avro file: write its URLs to CSV or JSON lines first'],
  ['\x28\xb5\x2f\xfd', 'is compressed with zstd: pass it on by zstdcat LIST | flaghoist get -i -'],
  ['BZh', 'is compressed with bzip2: pass it on by bzcat LIST | flaghoist get -i -'],
  ['\xfd7zX', 'is compressed with xz: pass it on by xzcat LIST | flaghoist get -i -'],
  ['7z\xbc\xaf', 'is a 7z archive: unpack it first'],
  ['Rar!', 'is a rar archive: unpack it first'],
];

/** How many bytes of a list are searched for NUL. git tells binary files by the same number. */
const SEARCHED_FOR_NUL = 8000;

/**
 * The chunks of a text as UTF-8. UTF-16, which Windows writes, is converted, also without a byte order
 * mark where the first two characters are ASCII; all other chunks pass unchanged.
 * @throws EncodingError for UTF-32, for bytes that are not the UTF-16 that their mark announces, and
 *   for a binary file: one with a NUL byte near its beginning
 */
export async function* asUtf8(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  let passed = 0;
  for await (const chunk of recoded(chunks)) {
    if (passed < SEARCHED_FOR_NUL) checkText(chunk, passed);
    passed += chunk.length;
    yield chunk;
  }
}

/** @param before how many bytes of the list come before `chunk` */
function checkText(chunk: Buffer, before: number): void {
  const nul = chunk.subarray(0, SEARCHED_FOR_NUL - before).indexOf(0);
  if (nul < 0) return;
  throw new EncodingError(
    `is a binary file (or UTF-16 without a byte order mark), not a list: byte ${before + nul + 1} is 0; lists are UTF-8 text`,
  );
}

async function* recoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield decoder === undefined ? chunk : encoded(decoder, chunk);
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < LONGEST_MARK) continue;
    decoder = decoderFor(head);
    yield decoder === undefined ? head : encoded(decoder, head);
    head = undefined;
  }
  if (head !== undefined && head.length > 0) {
    decoder = decoderFor(head);
    yield decoder === undefined ? head : encoded(decoder, head);
  }
  if (decoder !== undefined) yield encoded(decoder);
}

/** @returns undefined for a text without a mark, which needs no decoder */
function decoderFor(head: Buffer): TextDecoder | undefined {
  const start = head.toString('latin1', 0, LONGEST_MARK);
  const what = NO_LISTS.find(([first]) => start.startsWith(first))?.[1];
  if (what !== undefined) throw new EncodingError(what);
  const marked = MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte))?.[0];
  const encoding = marked ?? unmarkedUtf16(head);
  if (encoding === undefined) return undefined;
  if (encoding.startsWith('utf-32')) {
    throw new EncodingError('is UTF-32 text: lists are UTF-8, or UTF-16 with a byte order mark');
  }
  return new TextDecoder(encoding, { fatal: true });
}

function unmarkedUtf16([a = 0, b = 0, c = 0, d = 0]: Buffer): string | undefined {
  const isAscii = (...bytes: number[]) => bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (isAscii(a, c) && b === 0 && d === 0) return 'utf-16le';
  return a === 0 && c === 0 && isAscii(b, d) ? 'utf-16be' : undefined;
}

/** @param chunk undefined at the end of the text */
function encoded(decoder: TextDecoder, chunk?: Buffer): Buffer {
  try {
    return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new EncodingError(`begins as ${decoder.encoding} text and does not go on as such`, {
      cause,
    });
  }
}
