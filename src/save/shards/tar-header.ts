/** The length of a header, and what the contents of a member are padded to, in bytes. */
export const BLOCK = 512;

/** The greatest number in 11 octal digits. */
const MOST = 0o77777777777;

/** A length up to this fits: 8 GiB. */
export const LONGEST_MEMBER = MOST;

const NAME = { at: 0, length: 100 };
const SIZE = { at: 124, digits: 11 };
const TIME = { at: 136, digits: 11 };
const CHECKSUM = { at: 148, digits: 6 };

const SPACE = 0x20;
const ZERO = 0x30;

/** The header of an ordinary file that all may read, without its name, length, time and checksum. */
const TEMPLATE = Buffer.alloc(BLOCK);
TEMPLATE.write('000644 \0', 100);
TEMPLATE.write('000000 \0', 108);
TEMPLATE.write('000000 \0', 116);
TEMPLATE.fill(SPACE, CHECKSUM.at, CHECKSUM.at + 8);
TEMPLATE.write('0', 156);
TEMPLATE.write('ustar\u000000', 257);
TEMPLATE.write('000000 \0', 329);
TEMPLATE.write('000000 \0', 337);

/** The checksum counts its own field as spaces. */
const TEMPLATE_SUM = TEMPLATE.reduce((sum, byte) => sum + byte, 0);

/** What a header says of a file. */
export interface TarEntry {
  /** At most 100 characters, of ASCII alone. */
  readonly name: string;
  /** In bytes; at most {@link LONGEST_MEMBER}. */
  readonly size: number;
  /** In whole seconds since the epoch, from 0 on. A time after 2242 does not fit, and becomes the last that does. */
  readonly time: number;
}

/**
 * Writes the ustar header of a file (POSIX pax(1), "ustar Interchange Format"). tar-stream makes the same;
 * with its streams, the two members of a small sample cost 8 µs, and these lines 1 µs.
 */
export function writeHeader(into: Buffer, at: number, { name, size, time }: TarEntry): void {
  if (name.length > NAME.length) throw new RangeError(`${name} is too long for a tar header`);
  TEMPLATE.copy(into, at);
  let sum = TEMPLATE_SUM;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    into[at + i] = code;
    sum += code;
  }
  sum += writeOctal(into, at + SIZE.at, size, SIZE.digits);
  sum += writeOctal(into, at + TIME.at, Math.min(time, MOST), TIME.digits);
  into[at + SIZE.at + SIZE.digits] = SPACE;
  into[at + TIME.at + TIME.digits] = SPACE;
  writeOctal(into, at + CHECKSUM.at, sum + 2 * SPACE, CHECKSUM.digits);
  into[at + CHECKSUM.at + CHECKSUM.digits + 1] = 0;
}

/** @returns the sum of the digits' bytes */
function writeOctal(into: Buffer, at: number, value: number, digits: number): number {
  let sum = 0;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const digit = ZERO + (rest % 8);
    rest = Math.floor(rest / 8);
    into[i] = digit;
    sum += digit;
  }
  return sum;
}
