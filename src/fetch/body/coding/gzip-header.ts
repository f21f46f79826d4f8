import { brokenData } from './zlib-errors.ts';

/** What each member begins with (RFC 1952 section 2.3.1). */
export const MAGIC = Buffer.from([0x1f, 0x8b]);

/** Behind what is compressed: a checksum and the length of what it comes to, in bytes. */
export const TRAILER = 8;

const DEFLATE = 8;
const FIXED = 10;

/** Flags: what follows the fixed part. */
const HAS_CHECKSUM = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const RESERVED = 0xe0;

/**
 * How long the header of a member is, which `bytes` begin with.
 * @returns undefined when it does not end in them
 * @throws as `node:zlib` does for what is no header
 */
export function lengthOfHeader(bytes: Buffer): number | undefined {
  const begun = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, begun).equals(MAGIC.subarray(0, begun))) {
    throw brokenData('incorrect header check');
  }
  if (bytes.length < FIXED) return undefined;
  const flags = bytes[3] as number;
  if (bytes[2] !== DEFLATE || (flags & RESERVED) !== 0) {
    throw brokenData('unknown compression method');
  }
  let end: number | undefined = FIXED;
  if (flags & HAS_EXTRA) {
    if (bytes.length < end + 2) return undefined;
    end += 2 + bytes.readUInt16LE(end);
  }
  if (flags & HAS_NAME) end = behindText(bytes, end);
  if (flags & HAS_COMMENT) end = behindText(bytes, end);
  if (end !== undefined && flags & HAS_CHECKSUM) end += 2;
  return end === undefined || end > bytes.length ? undefined : end;
}

/** Behind the zero that ends a text. @param at undefined for beyond what there is */
function behindText(bytes: Buffer, at: number | undefined): number | undefined {
  const end = at === undefined ? -1 : bytes.indexOf(0, at);
  return end === -1 ? undefined : end + 1;
}
