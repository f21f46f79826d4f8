import type { IncomingMessage } from 'node:http';
import { isToken } from './token.ts';

/** What decides whether a request is allowed. */
export interface Access {
  readonly port: number;
  readonly token: string;
}

/** A request that may be answered. */
interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** HTTP's own port, which clients leave out. */
const DEFAULT_PORT = 80;

/**
 * Checks a request before anything is done for it.
 *
 * The `Host` is checked since the page of another site may have a name that leads to 127.0.0.1 (DNS
 * rebinding): a browser then takes our answers for that page's own.
 *
 * @returns what is requested; or the status of the refusal
 */
export function admit(
  { method, headers, url = '' }: Pick<IncomingMessage, 'method' | 'headers' | 'url'>,
  { port, token }: Access,
): Asked | 403 | 405 {
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`);
  if (port === DEFAULT_PORT) hosts.push('127.0.0.1', 'localhost');
  if (headers.host === undefined || !hosts.includes(headers.host)) return 403;
  const { pathname, searchParams } = URL.parse(url, `http://${headers.host}`) ?? {};
  if (pathname === undefined || !isToken(searchParams?.get('token') ?? null, token)) return 403;
  if (method !== 'GET' && method !== 'HEAD') return 405;
  return { path: pathname, query: searchParams ?? new URLSearchParams() };
}
