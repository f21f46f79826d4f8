import { isUtf8 } from 'node:buffer';
import { BadValue } from './bad-value.ts';

const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

/**
 * The text that `bytes`, a string with one character for each byte (latin1), is the UTF-8 of.
 * @throws BadValue that names the first byte that is not UTF-8
 */
export function decodeUtf8(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it is about.
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  if (isUtf8(buffer)) return buffer.toString();
  const { byte, offset } = firstBadByte(buffer);
  const shown = buffer.toString('hex', byte, byte + 1);
  throw new BadValue(`not UTF-8: byte ${byte + 1} of the line is 0x${shown}`, offset);
}

/** Where it stands, from 0: in bytes and in characters. */
function firstBadByte(buffer: Buffer): { byte: number; offset: number } {
  const text = buffer.toString();
  let offset = text.indexOf(REPLACEMENT);
  let byte = Buffer.byteLength(text.slice(0, offset));
  // Decoding puts U+FFFD where it fails; one that is really in the text has its own three bytes.
  while (buffer.subarray(byte, byte + REPLACEMENT_BYTES.length).equals(REPLACEMENT_BYTES)) {
    const next = text.indexOf(REPLACEMENT, offset + 1);
    byte += Buffer.byteLength(text.slice(offset, next));
    offset = next;
  }
  return { byte, offset };
}
