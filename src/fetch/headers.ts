import { HeaderError } from '../model/failure.ts';
import type { Headers } from './transport/request.ts';

/** Headers that must not be sent to other origins. */
const OF_ONE_ORIGIN = new Set(['authorization', 'cookie', 'host', 'proxy-authorization']);

/** Headers about the connection and the length of the request, which the client sets itself. */
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

const RANGES = new Set(['range', 'if-range']);

/**
 * Checks the headers of a run or a row.
 * @returns the headers, names in lower case
 * @throws HeaderError for a header that cannot be sent
 */
export function checkHeaders(headers: Headers | undefined): Headers {
  if (headers === undefined) return {};
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!isFieldName(name)) throw new HeaderError(name, 'its name is not valid');
    checkValue(name, value);
    if (OURS.has(lower)) throw new HeaderError(name, 'it is about the connection, not the file');
    if (RANGES.has(lower)) {
      throw new HeaderError(name, 'files are saved whole, and each request says what is missing');
    }
    checked[lower] = value;
  }
  return checked;
}

/**
 * Checks headers made from what servers and cookie files say: they are sent as they are, and a line
 * end in a value would start another header.
 * @returns the same headers
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

/** The headers that may also be sent to other origins than the one they were given for. */
export function forAnyOrigin(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_ORIGIN.has(name)));
}

/** A valid field name (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Characters that field values must not contain: control characters except the tab, and characters
 * that are not a byte (RFC 9110 section 5.5).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/;

export function isFieldName(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether `text` may be the value of a header, or otherwise part of one line of a head. */
export function isFieldValue(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/** The longest quote, in characters: the beginning shows what it is. */
const LONGEST = 40;

/** The beginning of what a server sent, quoted for one line of a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
