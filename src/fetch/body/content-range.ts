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
