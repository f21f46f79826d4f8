import type { CodedInput } from './coded-input.ts';
import { brokenData, cutShort, runZlib } from './run-zlib.ts';

/**
 * A complete member of up to this many decoded bytes is decoded in one go, which is faster than a stream.
 */
const SMALL = 64 * 1024;

/** The most members decoded in one go, so that others get their turn. */
const MOST_AT_ONCE = 256;

/** The longest header, in bytes: it may contain a name and a comment of any length. */
const LONGEST_HEADER = 256 * 1024;

/**
 * Decodes gzip (RFC 1952): one member, and those that follow. Anything else that follows stays in
 * `input`: curl and gzip(1) ignore it. A truncated member is an error, also within its header.
 *
 * Node's own stream does not report where a member ends, and loses a member followed by garbage.
 *
 * @throws what `node:zlib` throws, or an error of the same form
 */
export async function* gunzip(input: CodedInput): AsyncGenerator<Buffer> {
  do {
    const piece = await input.next();
    if (piece === undefined) throw cutShort();
    const { decoded, read } = smallMembers(piece);
    input.giveBack(piece.subarray(read));
    yield* decoded;
    if (read === 0) yield* member(input);
  } while (await beginsMember(input));
}

/** The first of the two bytes is enough: that is a truncated member. */
async function beginsMember(input: CodedInput): Promise<boolean> {
  const start = await input.peek(MAGIC.length);
  return start.length > 0 && MAGIC.subarray(0, start.length).equals(start);
}

/** The small and complete members at the start of `piece`. */
function smallMembers(piece: Buffer): { readonly decoded: Buffer[]; readonly read: number } {
  const decoded: Buffer[] = [];
  let read = 0;
  for (let members = 0; members < MOST_AT_ONCE; members++) {
    const rest = piece.subarray(read);
    const member = rest.length > 0 && rest[0] === MAGIC[0] ? smallMember(rest) : undefined;
    if (member === undefined) break;
    read += member.read;
    if (member.decoded.length > 0) decoded.push(member.decoded);
  }
  return { decoded, read };
}

/** @returns undefined when it is incomplete, large or broken, which shows when it is streamed */
function smallMember(
  bytes: Buffer,
): { readonly decoded: Buffer; readonly read: number } | undefined {
  try {
    const header = lengthOfHeader(bytes);
    if (header === undefined) return undefined;
    const { inflateRawSync } = process.getBuiltinModule('node:zlib');
    const options = { info: true, maxOutputLength: SMALL };
    // With `info` the result is an object, which the types do not know.
    const { buffer, engine } = inflateRawSync(bytes.subarray(header), options) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const end = header + engine.bytesWritten;
    const sum = new Sum();
    sum.add(buffer);
    sum.check(bytes.subarray(end, end + TRAILER));
    return { decoded: buffer, read: end + TRAILER };
  } catch {
    return undefined;
  }
}

async function* member(input: CodedInput): AsyncGenerator<Buffer> {
  await skipHeader(input);
  const sum = new Sum();
  for await (const piece of runZlib(
    process.getBuiltinModule('node:zlib').createInflateRaw(),
    input,
  )) {
    sum.add(piece);
    yield piece;
  }
  sum.check(await input.take(TRAILER));
}

async function skipHeader(input: CodedInput): Promise<void> {
  for (let size = 64; size <= LONGEST_HEADER; size *= 2) {
    const start = await input.peek(size);
    const length = lengthOfHeader(start);
    if (length !== undefined) {
      await input.take(length);
      return;
    }
    if (start.length < size) throw cutShort();
  }
  throw brokenData('the header is too long');
}

/** The checksum and length of a decoded member, to be compared with those in its trailer. */
class Sum {
  #crc = 0;
  #length = 0;

  add(piece: Buffer): void {
    this.#crc = process.getBuiltinModule('node:zlib').crc32(piece, this.#crc);
    // The length is counted modulo 2^32.
    this.#length = (this.#length + piece.length) >>> 0;
  }

  check(trailer: Buffer): void {
    if (trailer.length < TRAILER) throw cutShort();
    if (trailer.readUInt32LE(0) !== this.#crc) throw brokenData('incorrect data check');
    if (trailer.readUInt32LE(4) !== this.#length) throw brokenData('incorrect length check');
  }
}

/** The first bytes of each member (RFC 1952 section 2.3.1). */
const MAGIC = Buffer.from([0x1f, 0x8b]);

/** The length of a trailer in bytes: a checksum, and the decoded length. */
const TRAILER = 8;

const DEFLATE = 8;
const FIXED = 10;

/** Flags: what follows the fixed part. */
const HAS_CHECKSUM = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const RESERVED = 0xe0;

/**
 * The length of the header that `bytes` begin with.
 * @returns undefined when it does not end within them
 * @throws what `node:zlib` throws for an invalid header
 */
function lengthOfHeader(bytes: Buffer): number | undefined {
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

/** The index after the zero byte that ends a text. @param at undefined when it begins beyond `bytes` */
function behindText(bytes: Buffer, at: number | undefined): number | undefined {
  const end = at === undefined ? -1 : bytes.indexOf(0, at);
  return end === -1 ? undefined : end + 1;
}
