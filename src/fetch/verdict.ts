import {
  ByteRangeError,
  HttpStatusError,
  ProtocolError,
  ProxyError,
  TooLargeError,
  TooSmallError,
} from '../model/failure.ts';
import type { Part, ResponseHead, SegmentOfFile } from '../model/response.ts';
import type { AcceptedTypes } from './accepted-types.ts';
import { parseContentRange } from './content-range.ts';
import { codingsOf } from './decoder.ts';
import { statedChecksum } from './digest-fields.ts';
import { parseRetryAfter } from './retry-after.ts';
import { UnauthorizedError } from './unauthorized-error.ts';
import { mayBeSame } from './validators.ts';

/** A response's head as it came, names in lower case. */
export interface RawHead {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What a response is held against. */
export interface Expectation {
  /** Where it was asked for, as it may be shown. */
  readonly url: string;
  /** Asked for the rest of this part only. */
  readonly part: Part | undefined;
  /** And of that, for this segment only. */
  readonly segment?: SegmentOfFile | undefined;
  readonly decode: boolean;
  readonly maxSize: number;
  /** Undefined for 0. */
  readonly minSize?: number | undefined;
  /** Undefined where any type is. */
  readonly accept?: AcceptedTypes | undefined;
}

/** What is to be done with a response. */
export type Verdict =
  /** It carries the file, `announced` bytes (NaN: unknown) in these content codings. */
  | { readonly kind: 'take'; head: ResponseHead; announced: number; codings: readonly string[] }
  /** It leads elsewhere. */
  | { readonly kind: 'redirect'; redirect: Redirect }
  /** It is of no use: its body is only read to get it out of the way. */
  | { readonly kind: 'refuse'; error: Error };

/** An answer that leads elsewhere (RFC 9110 section 15.4). */
export class Redirect {
  readonly location: string;
  readonly setCookie: readonly string[];

  constructor(location: string, setCookie: readonly string[]) {
    this.location = location;
    this.setCookie = setCookie;
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The answers that come with the file: OK, and OK from a proxy that changed it. */
const FILE_STATUSES = new Set([200, 203]);

/** Looks at the head of a response. @param now tells the time, in ms since the epoch */
export function judge(raw: RawHead, expected: Expectation, now: () => number): Verdict {
  const { status, statusText, headers } = raw;
  const location = one(headers.location);
  if (REDIRECTS.has(status) && location !== undefined) {
    return { kind: 'redirect', redirect: new Redirect(location, all(headers['set-cookie'])) };
  }
  try {
    if (FILE_STATUSES.has(status)) {
      // The whole file is of no use to whoever has some of it already, and wants this much.
      if (expected.segment !== undefined) throw new ByteRangeError('it sends the whole file');
      return take(raw, expected, 0, undefined);
    }
    if (expected.part !== undefined) {
      if (status === 206) return takeRest(raw, expected, expected.part);
      if (status === 416) throw beyondTheEnd(raw);
    }
  } catch (error) {
    return { kind: 'refuse', error: error as Error };
  }
  // Only proxies ask for that, be they known to us or not.
  if (status === 407) return { kind: 'refuse', error: new ProxyError(status, statusText) };
  const retryAfter = parseRetryAfter(one(headers['retry-after']), now());
  if (status === 401) {
    const challenges = all(headers['www-authenticate']);
    return { kind: 'refuse', error: new UnauthorizedError(statusText, retryAfter, challenges) };
  }
  return { kind: 'refuse', error: new HttpStatusError(status, statusText, retryAfter) };
}

/** @throws TooLargeError; TooSmallError; WrongTypeError; EncodingError; ProtocolError */
function take(
  { status, headers }: RawHead,
  { url, decode, maxSize, minSize = 0, accept }: Expectation,
  offset: number,
  total: number | undefined,
): Verdict {
  checkTransfer(headers['transfer-encoding']);
  const announced = Number(one(headers['content-length']) ?? Number.NaN);
  const codings = decode ? codingsOf(one(headers['content-encoding'])) : [];
  const length = total ?? (Number.isNaN(announced) ? undefined : offset + announced);
  if (codings.length === 0 && length !== undefined && length > maxSize) {
    throw new TooLargeError(maxSize, length);
  }
  if (codings.length === 0 && length !== undefined && length < minSize) {
    throw new TooSmallError(minSize, length);
  }
  const contentType = one(headers['content-type']);
  // The rest of a file need not say again what it is (RFC 9110 section 15.3.7).
  if (offset === 0 || contentType !== undefined) accept?.check(contentType);
  const head: ResponseHead = {
    httpStatus: status,
    url,
    offset,
    length: codings.length === 0 ? length : undefined,
    acceptsRanges: status === 206 || one(headers['accept-ranges']) === 'bytes',
    etag: one(headers.etag),
    lastModified: one(headers['last-modified']),
    contentType,
    stated: codings.length === 0 ? statedChecksum(headers) : undefined,
    contentDisposition: one(headers['content-disposition']),
  };
  return { kind: 'take', head, announced, codings };
}

/** @throws ByteRangeError when what follows is not the rest of `part` */
function takeRest(raw: RawHead, expected: Expectation, part: Part): Verdict {
  const { headers } = raw;
  const range = parseContentRange(one(headers['content-range']));
  if (range?.first === undefined || range.last === undefined) {
    throw new ByteRangeError('it does not say which bytes it sends');
  }
  const { first, last, total } = range;
  if (first !== part.bytes) {
    throw new ByteRangeError(`it sends the bytes from ${first} on, not from ${part.bytes}`, total);
  }
  checkSegment(last, total, expected.segment);
  if (!mayBeSame(part, { etag: one(headers.etag), lastModified: one(headers['last-modified']) })) {
    throw new ByteRangeError('the file is another one by now', total);
  }
  const encoding = one(headers['content-encoding']);
  // Bytes of an encoded body cannot go on where decoded ones end.
  if (expected.decode && codingsOf(encoding).length > 0)
    throw new ByteRangeError(`it sends ${encoding}`, total);
  const announced = Number(one(headers['content-length']) ?? Number.NaN);
  const size = last - first + 1;
  if (!Number.isNaN(announced) && announced !== size) {
    throw new ByteRangeError(`it announces ${size} bytes and sends ${announced}`, total);
  }
  const verdict = take(raw, expected, first, total);
  return verdict.kind === 'take' ? { ...verdict, announced: size } : verdict;
}

/** @throws ByteRangeError when a range that ends with `last` is not the segment asked for */
function checkSegment(
  last: number,
  total: number | undefined,
  segment: SegmentOfFile | undefined,
): void {
  if (segment === undefined) return;
  if (last !== segment.end - 1) {
    throw new ByteRangeError(`it sends the bytes to ${last}, not to ${segment.end - 1}`, total);
  }
  if (total !== segment.length) {
    throw new ByteRangeError(`the file has ${total ?? 'any number of'} bytes`, total);
  }
}

/**
 * Codings of the transfer, for which nobody has asked: the body would be saved as it is on the line.
 * @throws ProtocolError
 */
function checkTransfer(header: string | string[] | undefined): void {
  if (header === undefined || header === 'chunked') return;
  const codings = all(header).flatMap((value) => value.split(','));
  const other = codings.find((coding) => !/^\s*(?:chunked|identity)?\s*$/i.test(coding));
  if (other === undefined) return;
  throw new ProtocolError(
    `a transfer coding that was not asked for: ${JSON.stringify(other.trim())}`,
  );
}

function beyondTheEnd({ headers }: RawHead): ByteRangeError {
  const total = parseContentRange(one(headers['content-range']))?.total;
  return new ByteRangeError(`the file has ${total ?? 'fewer'} bytes`, total);
}

/** A header that may come several times, and of which the first counts. */
function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function all(value: string | string[] | undefined): readonly string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
