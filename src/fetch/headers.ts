import { HeaderError } from '../model/failure.ts';
import type { Headers } from './transport/request.ts';

/** What is nobody's business but that of the origin it is meant for. */
const OF_ONE_ORIGIN = new Set(['authorization', 'cookie', 'host', 'proxy-authorization']);

/** About the connection and the length of the request, which are ours to say. */
const OURS = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers as they may be sent, names in lower case.
 * @throws HeaderError for one that may not
 */
export function checkHeaders(headers: Headers | undefined): Headers {
  if (headers === undefined) return {};
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!isFieldName(name)) throw new HeaderError(name, 'its name is none');
    checkValue(name, value);
    if (OURS.has(lower)) throw new HeaderError(name, 'it is about the connection, not the file');
    checked[lower] = value;
  }
  return checked;
}

/**
 * Headers that were put together from what servers and files of cookies say: what is in them goes
 * out as it is, and a line's end in a value would make two headers of one.
 * @returns the same
 * @throws HeaderError
 */
export function sendable(headers: Headers): Headers {
  for (const [name, value] of Object.entries(headers)) checkValue(name, value);
  return headers;
}

function checkValue(name: string, value: string): void {
  if (typeof value === 'string' && isFieldValue(value)) return;
  throw new HeaderError(name, 'its value has characters that are not allowed');
}

/** What of some headers may go to another origin than the one they were given for. */
export function forAnyOrigin(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_ORIGIN.has(name)));
}

/** What a field's name may be (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * What may be in no value: control characters but for the tab, and what is no byte (RFC 9110
 * section 5.5).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/;

export function isFieldName(text: string): boolean {
  return TOKEN.test(text);
}

/** Of a header, or anything else in one line of a head. */
export function isFieldValue(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/** Of what a server sent, in characters: the beginning says what it is. */
const LONGEST = 40;

/** The beginning of what a server sent, fit for one line of a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
