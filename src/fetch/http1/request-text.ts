import type { Headers, WireRequest } from '../transport/request.ts';

/** The fields of requests, by their headers: nearly all requests of a run share one object. */
const written = new WeakMap<Headers, string>();

/** The text of a request (RFC 9112 section 3), one character for each byte. */
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
  // The host comes first, since servers look at it first.
  const fields = { ...(host === undefined ? {} : { host }), connection: 'keep-alive', ...others };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${lines.join('')}\r\n`;
}
