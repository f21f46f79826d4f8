import type { IncomingMessage } from 'node:http';
import type { Resource } from './resource.ts';

/** The answer of an honest server. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Answers a GET request for a file or a range of it (RFC 9110 sections 13.1.5 and 14). It knows the form
 * of range that downloaders use: one, with a first byte.
 */
export function honestAnswer(request: Pick<IncomingMessage, 'headers'>, file: Resource): Answer {
  const { etag, type, body } = file;
  const common = { etag, 'content-type': type, 'accept-ranges': 'bytes' };
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
  if (ifNoneMatch === etag) return { status: 304, headers: common, body: Buffer.alloc(0) };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined || (ifRange !== undefined && ifRange !== etag)) {
    return whole(common, body);
  }
  const from = Number(first);
  const to = Math.min(last ? Number(last) : Number.POSITIVE_INFINITY, body.length - 1);
  if (from > to) {
    const headers = { ...common, 'content-range': `bytes */${body.length}`, 'content-length': '0' };
    return { status: 416, headers, body: Buffer.alloc(0) };
  }
  const part = body.subarray(from, to + 1);
  const headers = {
    ...common,
    'content-range': `bytes ${from}-${to}/${body.length}`,
    'content-length': String(part.length),
  };
  return { status: 206, headers, body: part };
}

function whole(common: Readonly<Record<string, string>>, body: Buffer): Answer {
  return { status: 200, headers: { ...common, 'content-length': String(body.length) }, body };
}
