import { BadEncodingError } from './bad-encoding-error.ts';

/** A mark at the beginning of a text says how it is encoded (Unicode Standard, section 23.8). */
const MARKS: ReadonlyArray<readonly [encoding: string, mark: readonly number[]]> = [
  ['utf-32be', [0x00, 0x00, 0xfe, 0xff]],
  ['utf-32le', [0xff, 0xfe, 0x00, 0x00]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
];

const LONGEST_MARK = 4;

/**
 * The chunks of a text as UTF-8: those of UTF-16 with a byte order mark, as Windows writes it, are
 * encoded anew. All others are passed on as they are.
 * @throws BadEncodingError for UTF-32, and for what is no UTF-16 although its mark says so
 */
export async function* asUtf8(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
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

/** @returns undefined when the text needs none */
function decoderFor(head: Buffer): TextDecoder | undefined {
  const encoding = MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte))?.[0];
  if (encoding === undefined) return undefined;
  if (encoding.startsWith('utf-32')) {
    throw new BadEncodingError('is UTF-32 text: lists are UTF-8, or UTF-16 with a byte order mark');
  }
  return new TextDecoder(encoding, { fatal: true });
}

/** @param chunk undefined at the end */
function encoded(decoder: TextDecoder, chunk?: Buffer): Buffer {
  try {
    return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new BadEncodingError(`begins as ${decoder.encoding} text and does not go on as such`, {
      cause,
    });
  }
}
