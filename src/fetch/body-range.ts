import { ByteRangeError } from '../model/failure.ts';
import type { Part, SegmentOfFile, Validators } from '../model/response.ts';
import { isSameVersion, mayBeSame } from './validators.ts';

/** What was asked for, and what earlier responses said about the file. */
export interface Asked {
  /** The first byte asked for; 0 for the whole file. */
  readonly offset: number;
  /** The version of the file that earlier responses belonged to. */
  readonly part: Part | undefined;
  /** The segment asked for, from `offset` on. @default the rest of the file */
  readonly segment?: SegmentOfFile | undefined;
}

/** What the head of a response says about the body. */
export interface Announced extends Validators {
  readonly status: number;
  readonly contentRange: string | undefined;
  /** `Content-Length`, in bytes; undefined when there is no such field. */
  readonly contentLength: number | undefined;
  /** Whether the body has to be decoded: the lengths here are those of the encoded body. */
  readonly isEncoded: boolean;
}

/** Which bytes of a file a body has. */
export interface BodyRange {
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** Its length as it is sent, in bytes; undefined when the server does not say. */
  readonly size: number | undefined;
  /** The length of the file, in bytes; undefined when it is unknown, or the body has to be decoded. */
  readonly length: number | undefined;
}

/** A `Content-Range` that says which bytes follow. */
type Range = ContentRange & { readonly first: number; readonly last: number };

/**
 * Finds out which bytes of the file the body of a response has. `Content-Range` is taken at its word, even
 * in a 200, where RFC 9110 section 14.4 gives it no meaning: some servers answer a range with 200, and such
 * a slice must not pass for the file. A response that leaves this open, or contradicts an earlier one of
 * the same version, is refused; the file is then asked for from its start.
 *
 * @throws ByteRangeError when the body is of no use, or it is not clear which bytes it has
 */
export function bodyRangeOf(announced: Announced, asked: Asked): BodyRange {
  const range = parseContentRange(announced.contentRange);
  const isPartial = announced.status === 206;
  if (isRange(range) && (isPartial || isTelling(range))) {
    return rangeOfPart(range, announced, asked);
  }
  if (isPartial) throw new ByteRangeError('it does not say which bytes it sends');
  return rangeOfWhole(announced, asked);
}

/** Whether a range in a 200 says more than the 200 does. */
function isTelling({ first, total }: Range): boolean {
  return first > 0 || total !== undefined;
}

function isRange(range: ContentRange | undefined): range is Range {
  return range?.first !== undefined && range.last !== undefined;
}

function rangeOfPart(range: Range, announced: Announced, asked: Asked): BodyRange {
  const { first, last, total } = range;
  const size = last - first + 1;
  const { contentLength } = announced;
  if (contentLength !== undefined && contentLength !== size) {
    throw new ByteRangeError(`it announces ${size} bytes and sends ${contentLength}`, total);
  }
  if (asked.segment !== undefined) checkSegment(range, asked.segment);
  const isWhole = first === 0 && total === size;
  if (!isWhole && first !== asked.offset) {
    const from = asked.offset === 0 ? '' : `, not from ${asked.offset}`;
    throw new ByteRangeError(`it sends the bytes from ${first} on${from}`, total);
  }
  if (announced.isEncoded) {
    // The bytes of an encoded body cannot continue decoded ones.
    if (!isWhole) throw new ByteRangeError('it sends an encoded part of the file', total);
    return { offset: 0, size, length: undefined };
  }
  if (asked.offset > 0) checkVersion(range, isWhole, announced, asked.part);
  const length = lengthOf(total, announced, asked.part);
  if (length === undefined) throw new ByteRangeError('it does not say how long the file is');
  if (length <= last) throw contradiction(last + 1, length);
  return { offset: first, size, length };
}

/** @throws ByteRangeError for the rest of another version, or the same version with another length */
function checkVersion(
  { total }: Range,
  isWhole: boolean,
  announced: Announced,
  part: Part | undefined,
): void {
  if (part === undefined) return;
  if (mayBeSame(part, announced)) {
    if (total !== undefined && part.length !== undefined && total !== part.length) {
      throw contradiction(total, part.length);
    }
  } else if (!isWhole) {
    throw new ByteRangeError('the file is another one by now', total);
  }
}

/** @throws ByteRangeError when a range is not the segment asked for */
function checkSegment({ last, total }: Range, segment: SegmentOfFile): void {
  if (last !== segment.end - 1) {
    throw new ByteRangeError(`it sends the bytes to ${last}, not to ${segment.end - 1}`, total);
  }
  if (total !== segment.length) {
    throw new ByteRangeError(`the file has ${total ?? 'any number of'} bytes`, total);
  }
}

function rangeOfWhole(announced: Announced, asked: Asked): BodyRange {
  // The other segments are fetched by other requests: the whole file is of no use here.
  if (asked.segment !== undefined) throw new ByteRangeError('it sends the whole file');
  const { contentLength, isEncoded } = announced;
  if (asked.offset > 0 && asked.part !== undefined) checkUnasked(announced, asked.part);
  if (isEncoded) return { offset: 0, size: contentLength, length: undefined };
  return { offset: 0, size: contentLength, length: lengthOf(contentLength, announced, asked.part) };
}

/**
 * Checks a 200 that answers a range: some servers send only the rest that way. It is the whole file
 * when it is as long as the file is known to be, or when it is of another version than the part.
 *
 * @throws ByteRangeError otherwise
 */
function checkUnasked(announced: Announced, part: Part): void {
  if (!mayBeSame(part, announced)) return;
  const { contentLength, isEncoded } = announced;
  if (part.length !== undefined && contentLength === part.length && !isEncoded) return;
  const sent = contentLength === undefined ? 'a body of unknown length' : `${contentLength} bytes`;
  throw new ByteRangeError(`it sends ${sent} and does not say which`);
}

/**
 * The length of the file: as long as before, if it is certainly the same version.
 *
 * @throws ByteRangeError when the server now gives another length
 */
function lengthOf(
  said: number | undefined,
  announced: Announced,
  part: Part | undefined,
): number | undefined {
  if (part === undefined) return said;
  const isCertain = isSameVersion(part, announced);
  // The rest was asked for of the same version only.
  if (said === undefined) return isCertain || announced.status === 206 ? part.length : undefined;
  if (isCertain && part.length !== undefined && said !== part.length) {
    throw contradiction(said, part.length);
  }
  return said;
}

function contradiction(length: number, before: number): ByteRangeError {
  return new ByteRangeError(`the file has ${length} bytes, and had ${before} before`, length);
}

/** `Content-Range` (RFC 9110 section 14.4), in bytes. */
export interface ContentRange {
  /** The first and the last byte that follow; undefined in a 416, which has none. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** The length of the whole file; undefined when the server does not know it. */
  readonly total: number | undefined;
}

/** Also what curl accepts: `bytes=0-4/5`, `bytes: 0-4/5`, or no total. */
const FORM = /^\s*bytes[\s:=]+(?:(\d+)-(\d+)|\*)(?:\/(?:(\d+)|\*))?\s*$/i;

/** @returns undefined when the header is absent, invalid, or not about bytes */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const form = value === undefined ? null : FORM.exec(value);
  if (form === null) return undefined;
  const [first, last, total] = form.slice(1).map((digits: string | undefined) => {
    return digits === undefined ? undefined : Number(digits);
  });
  if (first !== undefined && last !== undefined) {
    if (last < first || (total !== undefined && total <= last)) return undefined;
  }
  return { first, last, total };
}
