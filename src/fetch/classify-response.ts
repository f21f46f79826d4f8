import { ByteRangeError, HttpStatusError, ProtocolError, ProxyError } from '../model/failure.ts';
import { TooLargeError, TooSmallError } from '../model/file-errors.ts';
import type { ResponseHead } from '../model/response.ts';
import type { AcceptedTypes } from './accepted-types.ts';
import { statedChecksum } from './body/body-digests.ts';
import { type Coding, codingsOf, ownCompression } from './body/coding/content-codings.ts';
import { type Asked, bodyRangeOf, parseContentRange } from './body-range.ts';
import { quoted } from './headers.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { RobotsTag } from './robots/robots-tag.ts';
import type { RawHead } from './transport/request.ts';

/** What a response is compared with. */
export interface Expectation extends Asked {
  /** The URL that was asked for, without credentials. */
  readonly url: string;
  /** `Content-Disposition` of the last redirect: it names the file. */
  readonly disposition?: string | undefined;
  readonly decode: boolean;
  /** The URL before redirects, and the row's name for the file. */
  readonly names?: readonly (string | undefined)[] | undefined;
  readonly maxSize: number;
  /** @default 0 */
  readonly minSize?: number | undefined;
  /** @default any */
  readonly accept?: AcceptedTypes | undefined;
  /** Refuses files by their `X-Robots-Tag`. @default none */
  readonly respect?: RobotsTag | undefined;
}

/** What to do with a response. */
export type ClassifiedResponse =
  /** The response carries the file: `announced` bytes (NaN: unknown) in these content codings. */
  | { readonly kind: 'file'; head: ResponseHead; announced: number; codings: readonly Coding[] }
  /** The response leads elsewhere. */
  | { readonly kind: 'redirect'; redirect: Redirect }
  /** The response is not the file. Its body is only read to get it out of the way. */
  | { readonly kind: 'failure'; error: Error };

/** A response that leads elsewhere (RFC 9110 section 15.4). */
export class Redirect {
  readonly location: string;
  readonly setCookie: readonly string[];
  /** The header as it was sent. */
  readonly contentDisposition: string | undefined;

  constructor(
    location: string,
    setCookie: readonly string[],
    contentDisposition?: string | undefined,
  ) {
    this.location = location;
    this.setCookie = setCookie;
    this.contentDisposition = contentDisposition;
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The statuses of responses with the file, or a part of it: OK, Created, OK from a proxy that
 * changed it, IM Used (RFC 3229), and Partial Content, which a few servers also send unasked.
 */
const FILE_STATUSES = new Set([200, 201, 203, 206, 226]);

/** Decides what to do with a response, by its head. @param now the clock, in ms since the epoch */
export function classifyResponse(
  raw: RawHead,
  expected: Expectation,
  now: () => number,
): ClassifiedResponse {
  const { status, statusText, headers } = raw;
  const location = one(headers.location);
  if (REDIRECTS.has(status) && location !== undefined) {
    const disposition = short(headers['content-disposition']);
    const redirect = new Redirect(location, all(headers['set-cookie']), disposition);
    return { kind: 'redirect', redirect };
  }
  try {
    if (FILE_STATUSES.has(status)) return take(raw, expected);
    if (status === 416 && expected.offset > 0) throw beyondTheEnd(raw);
  } catch (error) {
    return { kind: 'failure', error: error as Error };
  }
  // Only proxies send it, be it ours or one that we do not know of.
  if (status === 407) return { kind: 'failure', error: new ProxyError(status, statusText) };
  const retryAfter = parseRetryAfter(one(headers['retry-after']), now());
  if (status === 401) {
    const challenges = all(headers['www-authenticate']);
    return { kind: 'failure', error: new UnauthorizedError(statusText, retryAfter, challenges) };
  }
  return { kind: 'failure', error: new HttpStatusError(status, statusText, retryAfter) };
}

/**
 * @throws TooLargeError; TooSmallError; WrongTypeError; RobotsTagError; EncodingError;
 *   ProtocolError; ByteRangeError
 */
function take({ status, headers }: RawHead, expected: Expectation): ClassifiedResponse {
  checkTransfer(headers['transfer-encoding']);
  const { url, maxSize, minSize = 0, accept, respect } = expected;
  const codings = codingsToUndo(headers, expected);
  const etag = short(headers.etag);
  const lastModified = short(headers['last-modified']);
  const contentRange = one(headers['content-range']);
  // Chunks, not the header, say where the body ends (RFC 9112 section 6.3).
  const isChunked = headers['transfer-encoding'] !== undefined;
  const contentLength = isChunked ? undefined : lengthOf(headers['content-length']);
  const isEncoded = codings.length > 0;
  const announced = { status, contentRange, contentLength, isEncoded, etag, lastModified };
  const { offset, size, length } = bodyRangeOf(announced, expected);
  if (length !== undefined && length > maxSize) throw new TooLargeError(maxSize, length);
  if (length !== undefined && length < minSize) throw new TooSmallError(minSize, length);
  const contentType = one(headers['content-type']);
  // The rest of a file may come without its type (RFC 9110 section 15.3.7).
  if (offset === 0 || contentType !== undefined) accept?.check(contentType);
  respect?.check(all(headers['x-robots-tag']));
  const head: ResponseHead = {
    httpStatus: status,
    url,
    offset,
    length,
    acceptsRanges: status === 206 || offset > 0 || one(headers['accept-ranges']) === 'bytes',
    etag,
    lastModified,
    contentType: short(headers['content-type']),
    stated: isEncoded ? undefined : statedChecksum(headers),
    contentDisposition: short(headers['content-disposition']) ?? expected.disposition,
    ...(codings.length === 0 ? {} : { isDecoded: true }),
  };
  return { kind: 'file', head, announced: size ?? Number.NaN, codings };
}

/** @throws EncodingError for an unknown coding */
function codingsToUndo(
  headers: RawHead['headers'],
  { decode, url, names = [] }: Expectation,
): readonly Coding[] {
  const values = all(headers['content-encoding']);
  if (!decode || values.length === 0) return [];
  const own = ownCompression({
    names: [...names, url],
    contentType: one(headers['content-type']),
    contentDisposition: one(headers['content-disposition']),
  });
  return codingsOf(values, own);
}

function lengthOf(header: string | string[] | undefined): number | undefined {
  const value = one(header);
  return value === undefined ? undefined : Number(value);
}

/**
 * Refuses transfer codings other than chunked: they would end up in the file.
 * @throws ProtocolError
 */
function checkTransfer(header: string | string[] | undefined): void {
  if (header === undefined || header === 'chunked') return;
  const codings = all(header).flatMap((value) => value.split(','));
  const other = codings
    .map((coding) => coding.trim())
    .find((coding) => !/^(?:chunked|identity)?$/i.test(coding));
  if (other === undefined) return;
  throw new ProtocolError(`a transfer coding that was not asked for: ${quoted(other)}`);
}

function beyondTheEnd({ headers }: RawHead): ByteRangeError {
  const total = parseContentRange(one(headers['content-range']))?.total;
  return new ByteRangeError(`the file has ${total ?? 'fewer'} bytes`, total);
}

/** The first value of a header that may have several. */
function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** The longest value that is kept with the outcome, and recorded, in characters. */
const LONGEST_KEPT = 8 * 1024;

/** As {@link one}; undefined for a value that is too long to be kept. */
function short(value: string | string[] | undefined): string | undefined {
  const first = one(value);
  return first !== undefined && first.length > LONGEST_KEPT ? undefined : first;
}

function all(value: string | string[] | undefined): readonly string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** The server asks for credentials (401, RFC 9110 section 15.5.2). */
export class UnauthorizedError extends HttpStatusError {
  readonly #challenges: readonly string[];

  /** @param challenges the lines of `WWW-Authenticate` */
  constructor(
    statusText: string | undefined,
    retryAfter: number | undefined,
    challenges: readonly string[],
  ) {
    super(401, statusText, retryAfter);
    this.#challenges = challenges;
  }

  /** The lines of `WWW-Authenticate`: the schemes that the server accepts. */
  get challenges(): readonly string[] {
    return this.#challenges;
  }
}
