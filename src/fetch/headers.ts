import { HeaderError } from '../model/failure.ts';

/**
 * Not imported: for an import Node looks at all that the module has, and by looking it loads a
 * WebSocket and a `fetch` of its own, which takes 22 ms.
 */
const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule('node:http');

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
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      // Node's own words show the value.
      const isName =
        error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_HTTP_TOKEN';
      throw new HeaderError(
        name,
        isName ? 'its name is none' : 'its value has characters that are not allowed',
      );
    }
    if (OURS.has(lower)) throw new HeaderError(name, 'it is about the connection, not the file');
    checked[lower] = value;
  }
  return checked;
}

/** What of some headers may go to another origin than the one they were given for. */
export function forAnyOrigin(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_ORIGIN.has(name)));
}
