import { HeaderError } from '../../model/failure.ts';
import type { WireRequest } from '../connections/request.ts';
import type { Headers } from '../headers.ts';

/**
 * About one connection of HTTP/1.1, and malformed in HTTP/2 (RFC 9113 section 8.2.2), which says the
 * host in a field of its own. Others of that kind no row may have in the first place.
 */
const LEFT_OUT = new Set(['host', 'http2-settings', 'proxy-connection']);

/**
 * The longest head, in bytes, as Node counts: a little less than it sends. Asked for a longer one it
 * closes the connection, and most servers take no more than half of that.
 */
const LONGEST = 64_000;

/** Beyond its name and value, as Node counts, in bytes. */
const PER_FIELD = 12;

/** All but `fields`, host and target: four fields, and what may come before them. */
const ALWAYS = ':methodGET:schemehttps:authority:path'.length + 5 * PER_FIELD;

/** What is the same in many requests. */
interface Prepared {
  readonly host: string | undefined;
  readonly fields: readonly string[];
  /** Of `fields`, in bytes. */
  readonly length: number;
}

/** Most requests of a run have the same headers: the same object. */
const prepared = new WeakMap<Headers, Prepared>();

/**
 * A request as it goes out (RFC 9113 section 8.3.1): names and values in turn.
 * @throws HeaderError when it is too long
 */
export function headersOf({ target, authority, headers }: WireRequest): string[] {
  let known = prepared.get(headers);
  if (known === undefined) {
    known = prepare(headers);
    prepared.set(headers, known);
  }
  const { host = authority, fields, length } = known;
  if (ALWAYS + host.length + target.length + length > LONGEST) {
    throw new HeaderError(longestOf([':path', target, ...fields]), 'all of them are too long');
  }
  return [
    ...[':method', 'GET', ':scheme', 'https', ':authority', host, ':path', target],
    ...fields,
  ];
}

function prepare(headers: Headers): Prepared {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    // HTTP/1.1 passes over spaces around a value, here they are malformed (RFC 9113 section 8.2.1).
    if (!LEFT_OUT.has(name)) fields.push(name, value.replace(/^[ \t]+|[ \t]+$/g, ''));
  }
  const length = fields.reduce((sum, text) => sum + text.length + PER_FIELD / 2, 0);
  return { host: headers.host, fields, length };
}

/** @returns the name of the field with the longest value */
function longestOf(fields: readonly string[]): string {
  const lengths = fields.map(({ length }, index) => (index % 2 === 1 ? length : 0));
  return fields[lengths.indexOf(Math.max(...lengths)) - 1] as string;
}
