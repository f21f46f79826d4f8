import {
  DEADLINES,
  DEFAULT_MAX_REDIRECTS,
  DEFAULT_MAX_REQUESTS,
  DEFAULT_USER_AGENT,
  SPEED_WINDOW,
} from '../model/options.ts';
import { AcceptedTypes } from './accepted-types.ts';
import type { Credentials } from './auth/credentials.ts';
import { parseNetrc } from './auth/netrc.ts';
import { ACCEPTED_CODINGS } from './body/coding/content-codings.ts';
import type { SpeedLimit } from './body/speed-watch.ts';
import { type FileCookie, parseNetscapeCookies } from './cookies.ts';
import { HostOverrides, parseDnsServers } from './dns/dns-options.ts';
import { checkHeaders } from './headers.ts';
import type { Deadlines, HttpOptions } from './http-options.ts';
import { Proxies } from './proxy/proxies.ts';
import type { Headers } from './transport/request.ts';

/** `HttpOptions.dns` read and checked. */
interface DnsSettings {
  /** For `Resolver.setServers()`; none for those of the system. */
  readonly servers: readonly string[];
  readonly overrides: HostOverrides;
}

/** {@link HttpOptions} read, checked and completed. */
export interface Settings {
  readonly maxConnections: number;
  readonly maxOpenConnections: number;
  /** For every request. */
  readonly headers: Headers;
  /** All that a request for a whole file has, where its row has none of its own. */
  readonly plainHeaders: Headers;
  /** The same, for one whose body is taken as it is sent. */
  readonly asSentHeaders: Headers;
  readonly credentials: Credentials;
  readonly cookies: readonly FileCookie[];
  readonly proxies: Proxies;
  readonly dns: DnsSettings;
  readonly decode: boolean;
  readonly maxRedirects: number;
  readonly deadlines: Deadlines;
  readonly speed: SpeedLimit | undefined;
  readonly maxSize: number;
  readonly minSize: number;
  /** Undefined where any is. */
  readonly accept: AcceptedTypes | undefined;
}

/**
 * @throws RangeError for a number that is out of its bounds; HeaderError; TypeError for a proxy, or a
 *   media type, that is none; SyntaxError, with `netrc` or `cookies` first, for contents that are none, and with
 *   `dns.servers` or `dns.resolve` first for values that are none
 */
export function settingsOf(options: HttpOptions): Settings {
  const { netrc, cookies, lowestSpeed, deadlines = {}, dns = {} } = options;
  const { maxRedirects = DEFAULT_MAX_REDIRECTS } = options;
  const { maxSize = Number.POSITIVE_INFINITY, speedWindow = SPEED_WINDOW } = options;
  const { maxOpenConnections = Number.POSITIVE_INFINITY } = options;
  checkPositive('maxOpenConnections', maxOpenConnections, 1);
  if (maxRedirects !== Number.POSITIVE_INFINITY) checkWhole('maxRedirects', maxRedirects);
  checkPositive('maxSize', maxSize, 0);
  const { minSize = 0 } = options;
  checkPositive('minSize', minSize, 0);
  const accept = options.accept === undefined ? undefined : new AcceptedTypes(options.accept);
  checkPositive('speedWindow', speedWindow, 1);
  if (lowestSpeed !== undefined) checkPositive('lowestSpeed', lowestSpeed, 0);
  const { userAgent = DEFAULT_USER_AGENT } = options;
  const usual = checkHeaders({ accept: accept?.header ?? '*/*', 'user-agent': userAgent });
  const headers: Headers = { ...usual, ...checkHeaders(options.headers) };
  return {
    maxConnections: options.maxConnections ?? DEFAULT_MAX_REQUESTS,
    maxOpenConnections,
    headers,
    plainHeaders: options.decode ? { 'accept-encoding': ACCEPTED_CODINGS, ...headers } : headers,
    asSentHeaders: options.decode ? { 'accept-encoding': 'identity', ...headers } : headers,
    credentials: {
      auth: options.auth,
      netrc: netrc === undefined ? undefined : read('netrc', () => parseNetrc(netrc)),
    },
    cookies: cookies === undefined ? [] : read('cookies', () => parseNetscapeCookies(cookies)),
    proxies: new Proxies(options.proxy ?? {}),
    dns: {
      servers: read('dns.servers', () => parseDnsServers(dns.servers ?? [])),
      overrides: read('dns.resolve', () => new HostOverrides(dns.resolve ?? [])),
    },
    decode: options.decode ?? false,
    maxRedirects,
    deadlines: {
      connect: deadline('connect', deadlines.connect),
      firstByte: deadline('firstByte', deadlines.firstByte),
      idle: deadline('idle', deadlines.idle),
    },
    speed: lowestSpeed ? { lowest: lowestSpeed, window: speedWindow } : undefined,
    maxSize,
    minSize,
    accept,
  };
}

/** @returns whole ms; 0 for none */
function deadline(name: keyof Deadlines, ms: number = DEADLINES[name]): number {
  checkPositive(`deadlines.${name}`, ms, 0);
  return ms === Number.POSITIVE_INFINITY ? 0 : Math.ceil(ms);
}

function checkPositive(name: string, value: number, least: number): void {
  if (!(value >= least)) throw new RangeError(`${name} must be ${least} or more, not ${value}`);
}

function checkWhole(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${name} must be a whole number, 0 or more, not ${value}`);
}

function read<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxError) error.message = `${name}, ${error.message}`;
    throw error;
  }
}
