import type { FetchRequest, Part, Validators } from '../model/response.ts';

/** What is asked for: the file, the rest of it, or only what is new. */
export interface Conditions {
  readonly headers: Readonly<Record<string, string>>;
  /** From where on, in bytes; 0 for the whole file. */
  readonly offset: number;
  /** The part was named by its ETag, and can be named by its date as well. */
  readonly hasOtherValidator: boolean;
}

/** The whole file, whatever it is. */
export const NOTHING: Conditions = { headers: {}, offset: 0, hasOtherValidator: false };

/**
 * The conditions of a request (RFC 9110 section 13): the rest of `part`, or a segment of it, with
 * `Range` and `If-Range`; else whether there is another version than `known`.
 *
 * `If-Range` takes a strong ETag, or a date; a part that has neither is of no use, and the whole
 * file is asked for. Whether a date is strong (section 8.8.2.2) cannot be told any more: as curl and
 * wget do, we trust it.
 *
 * @param byDate name the part by its date, since the server would not take its ETag
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

/** A weak ETag will do here; a server that knows ETags ignores the date (section 13.2.2). */
function unlessSame({ etag, lastModified }: Validators): Record<string, string> {
  const headers: Record<string, string> = {};
  if (etag !== undefined) headers['if-none-match'] = etag;
  if (isDate(lastModified)) headers['if-modified-since'] = lastModified;
  return headers;
}

/** Whether two versions are one for sure: byte for byte, by a strong ETag (RFC 9110 section 8.8.1). */
export function isSameVersion(a: Validators, b: Validators): boolean {
  return isStrong(a.etag) && a.etag === b.etag;
}

/** Whether two versions may be one, as far as their validators tell. */
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
