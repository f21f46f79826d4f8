import type { Headers, WireRequest } from '../transport/request.ts';

/** Nearly all requests of a run have the same headers: written out once. */
const written = new WeakMap<Headers, string>();

/** A request as it goes out (RFC 9112 section 3), a character for each byte. */
export function requestText({ target, authority, headers }: WireRequest, method = 'GET'): string {
  let fields = written.get(headers);
  if (fields === undefined) {
    fields = fieldsOf(headers);
    written.set(headers, fields);
  }
  const host = headers.host === undefined ? `host: ${authority}\r\n` : '';
  return `${method} ${target} HTTP/1.1\r\n${host}${fields}`;
}

function fieldsOf({ host, ...others }: Headers): string {
  // Servers look at the host first, and at most others not at all.
  const fields = { ...(host === undefined ? {} : { host }), connection: 'keep-alive', ...others };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${lines.join('')}\r\n`;
}
