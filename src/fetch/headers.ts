import { HeaderError } from '../model/failure.ts';
import { isFieldName, isFieldValue } from './field-syntax.ts';

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

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
