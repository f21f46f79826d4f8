import { ByteRangeError } from '../model/failure.ts';
import type { Part, SegmentOfFile, Validators } from '../model/response.ts';
import { isSameVersion, mayBeSame } from './validators.ts';

/** What was asked for, and what is known of the file from earlier responses. */
export interface Asked {
  /** From where on, in bytes; 0 for the whole file. */
  readonly offset: number;
  /** The version that earlier responses were of. */
  readonly part: Part | undefined;
  /** Of the file from `offset` on, this much. */
  readonly segment?: SegmentOfFile | undefined;
}

/** What the head of a response says about the body. */
export interface Announced extends Validators {
  readonly status: number;
  readonly contentRange: string | undefined;
  /** `Content-Length`, in bytes; undefined when there is no such field. */
  readonly contentLength: number | undefined;
  /** The body has to be decoded: the lengths here are those of the encoded one. */
  readonly isEncoded: boolean;
}

/** Which bytes of a file a body has. */
export interface BodyPlace {
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** How long it is, in bytes, as it is sent; undefined when the server does not say. */
  readonly size: number | undefined;
  /** How long the file is, in bytes; undefined when that is not known, or the body has to be decoded. */
  readonly length: number | undefined;
}

/** A response that says which bytes it has. */
type Range = ContentRange & { readonly first: number; readonly last: number };

/**
 * Finds out which bytes of the file the body of a response has. `Content-Range` is taken at its word, also
 * in a 200, where RFC 9110 section 14.4 gives it no meaning: servers that answer a range with 200 exist, and
 * their slice must not pass for the file. What a response leaves open, and what contradicts another one of
 * the same version, is refused: the file is then asked for from its start.
 *
 * @throws ByteRangeError when the body is of no use, or it is not clear which bytes it has
 */
export function placeOf(announced: Announced, asked: Asked): BodyPlace {
  const range = parseContentRange(announced.contentRange);
  const isPartial = announced.status === 206;
  if (isRange(range) && (isPartial || isTelling(range))) {
    return placeOfRange(range, announced, asked);
  }
  if (isPartial) throw new ByteRangeError('it does not say which bytes it sends');
  return placeOfWhole(announced, asked);
}

/** Whether a range that came with a 200 says more than the 200 does. */
function isTelling({ first, total }: Range): boolean {
  return first > 0 || total !== undefined;
}

function isRange(range: ContentRange | undefined): range is Range {
  return range?.first !== undefined && range.last !== undefined;
}

function placeOfRange(range: Range, announced: Announced, asked: Asked): BodyPlace {
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
    // The bytes of an encoded body cannot go on where decoded ones end.
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

function placeOfWhole(announced: Announced, asked: Asked): BodyPlace {
  // The whole file is of no use where others get the rest of it.
  if (asked.segment !== undefined) throw new ByteRangeError('it sends the whole file');
  const { contentLength, isEncoded } = announced;
  if (asked.offset > 0 && asked.part !== undefined) checkUnasked(announced, asked.part);
  if (isEncoded) return { offset: 0, size: contentLength, length: undefined };
  return { offset: 0, size: contentLength, length: lengthOf(contentLength, announced, asked.part) };
}

/**
 * A response to a range that claims to be the whole file: some servers send only the rest that way. It is
 * the whole file when it is as long, or when it is of another version, of which no range was asked for.
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
 * How long the file is: as long as it was before, when it is the same version for sure.
 * @throws ByteRangeError when the server says something else now
 */
function lengthOf(
  said: number | undefined,
  announced: Announced,
  part: Part | undefined,
): number | undefined {
  if (part === undefined) return said;
  const isCertain = isSameVersion(part, announced);
  // The rest is only asked for of the same version.
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
  /** Of the first and the last byte that follow; undefined in a 416, which has none. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Of the whole file; undefined when the server does not know it. */
  readonly total: number | undefined;
}

/** As curl reads it, too: `bytes=0-4/5` and `bytes: 0-4/5`, or without the total. */
const FORM = /^\s*bytes[\s:=]+(?:(\d+)-(\d+)|\*)(?:\/(?:(\d+)|\*))?\s*$/i;

/** @returns undefined when the header is absent, makes no sense, or is not about bytes */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const form = value === undefined ? null : FORM.exec(value);
  if (form === null) return undefined;
  const [first, last, total] = form.slice(1).map((digits) => digits && Number(digits)) as Array<
    number | undefined
  >;
  if (first !== undefined && last !== undefined) {
    if (last < first || (total !== undefined && total <= last)) return undefined;
  }
  return { first, last, total };
}
