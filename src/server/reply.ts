import { STATUS_CODES } from 'node:http';
import { type Flag, findFlag } from './flag-store.ts';
import type { ServerLabel } from './presets.ts';

/** A whole response, ready to be written. `headers` include `content-length`. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Path of the probe, by which the command finds out whether one of these servers is listening. */
export const PROBE_PATH = '/';

/** The reply to the probe: one line with the server's name and label. */
export function probeReply(method: string, label: ServerLabel): Reply {
  return isRead(method) ? textReply(200, `flaghoist ${label} server`) : methodNotAllowed();
}

/** A reply that contains only its status: 404, 503 … */
export function errorReply(status: number): Reply {
  return textReply(status, `${status} ${STATUS_CODES[status]}`);
}

/** The reply for a flag's picture or metadata; 404 for other paths, 405 for methods but GET and HEAD. */
export function flagReply(method: string, path: string): Reply {
  if (!isRead(method)) return methodNotAllowed();
  const [, code, file] = /^\/flags\/([a-z]{2})\/([a-z]+\.[a-z]+)$/.exec(path) ?? [];
  const flag = code === undefined ? undefined : findFlag(code);
  if (flag !== undefined && file === `${code}.gif`) return pictureReply(flag);
  if (flag !== undefined && file === 'metadata.json') return metadataReply(flag);
  return errorReply(404);
}

function pictureReply(flag: Flag): Reply {
  return reply(200, 'image/gif', flag.gif, { etag: flag.etag });
}

function metadataReply(flag: Flag): Reply {
  const metadata = JSON.stringify({ iso_cc: flag.code, country: flag.country });
  return reply(200, 'application/json', Buffer.from(metadata));
}

function methodNotAllowed(): Reply {
  const { status, headers, body } = errorReply(405);
  return { status, headers: { ...headers, allow: 'GET, HEAD' }, body };
}

function textReply(status: number, line: string): Reply {
  return reply(status, 'text/plain; charset=utf-8', Buffer.from(`${line}\n`));
}

function reply(
  status: number,
  type: string,
  body: Buffer,
  extra: Readonly<Record<string, string>> = {},
): Reply {
  const headers = {
    server: 'flaghoist',
    'content-type': type,
    'content-length': String(body.length),
    ...extra,
  };
  return { status, headers, body };
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
