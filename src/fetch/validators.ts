import type { FetchRequest, Part, Validators } from '../model/response.ts';

/** What is asked for: the whole file, the rest of it, or the file only if it has changed. */
export interface Conditions {
  readonly headers: Readonly<Record<string, string>>;
  /** The first byte asked for; 0 for the whole file. */
  readonly offset: number;
  /** Whether the part was identified by its ETag, and can also be identified by its date. */
  readonly hasOtherValidator: boolean;
}

/** The whole file, unconditionally. */
export const NOTHING: Conditions = { headers: {}, offset: 0, hasOtherValidator: false };

/**
 * The conditions of a request (RFC 9110 section 13): the rest of `part`, or a segment of it, by `Range` and
 * `If-Range`; otherwise that the file differs from `known`.
 *
 * `If-Range` takes a strong ETag or a date. A part with neither is of no use, and the whole file is asked
 * for. Whether a date is strong (section 8.8.2.2) can no longer be known: like curl and wget, we trust it.
 *
 * @param byDate whether to identify the part by its date, since the server refused its ETag
 */
export function conditionsOf(request: FetchRequest, byDate: boolean): Conditions {
  const { part, segment, known, isWhole = false } = request;
  const last = segment === undefined ? '' : `${segment.end - 1}`;
  const hasRest = !isWhole && part !== undefined && part.bytes > 0;
  const rest = hasRest ? restOf(part, last, byDate) : undefined;
  if (rest !== undefined) return rest;
  return known === undefined ? NOTHING : { ...NOTHING, headers: unlessSame(known) };
}

function restOf(part: Part, last: string, byDate: boolean): Conditions | undefined {
  const etag = byDate || !isStrong(part.etag) ? undefined : part.etag;
  const date = isDate(part.lastModified) ? part.lastModified : undefined;
  const validator = etag ?? date;
  if (validator === undefined) return undefined;
  return {
    headers: { range: `bytes=${part.bytes}-${last}`, 'if-range': validator },
    offset: part.bytes,
    hasOtherValidator: etag !== undefined && date !== undefined,
  };
}

/** A weak ETag is fine here. A server that knows ETags ignores the date (section 13.2.2). */
function unlessSame({ etag, lastModified }: Validators): Record<string, string> {
  const headers: Record<string, string> = {};
  if (etag !== undefined) headers['if-none-match'] = etag;
  if (isDate(lastModified)) headers['if-modified-since'] = lastModified;
  return headers;
}

/**
 * Whether two versions are certainly the same: byte for byte, by a strong ETag (RFC 9110 section 8.8.1).
 */
export function isSameVersion(a: Validators, b: Validators): boolean {
  return isStrong(a.etag) && a.etag === b.etag;
}

/** Whether two versions may be the same, as far as their validators tell. */
export function mayBeSame(a: Validators, b: Validators): boolean {
  if (a.etag !== undefined && b.etag !== undefined) return opaque(a.etag) === opaque(b.etag);
  if (a.lastModified === undefined || b.lastModified === undefined) return true;
  return a.lastModified === b.lastModified;
}

function isStrong(etag: string | undefined): etag is string {
  return etag !== undefined && /^"[^"]*"$/.test(etag);
}

function isDate(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, '');
}
