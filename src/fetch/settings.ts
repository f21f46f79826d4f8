import {
  DEADLINES,
  DEFAULT_MAX_REDIRECTS,
  DEFAULT_USER_AGENT,
  SPEED_WINDOW,
} from '../model/options.ts';
import { AcceptedTypes } from './accepted-types.ts';
import { parseNetrc } from './auth/netrc.ts';
import { ACCEPTED_CODINGS } from './body/coding/content-codings.ts';
import { parseNetscapeCookies } from './cookies.ts';
import { HostOverrides, parseDnsServers } from './dns/dns-options.ts';
import { checkHeaders } from './headers.ts';
import type { Deadlines, HttpOptions } from './http-options.ts';
import { Proxies } from './proxy/proxies.ts';
import { RobotsTag } from './robots/robots-tag.ts';
import type { Headers } from './transport/request.ts';

/** {@link HttpOptions} checked, parsed and with their defaults. */
export type Settings = ReturnType<typeof settingsOf>;

/**
 * Checks each option once, and fills in the defaults.
 *
 * @throws RangeError for a number out of its bounds; HeaderError; TypeError for a proxy or a media
 *   type; SyntaxError for the contents of `netrc`, `cookies`, `dns.servers` and `dns.resolve`, with
 *   that name first
 */
export function settingsOf(options: HttpOptions) {
  const { netrc, cookies, deadlines = {}, dns = {}, decode = false } = options;
  const accept = options.accept === undefined ? undefined : new AcceptedTypes(options.accept);
  const headers: Headers = {
    ...checkHeaders({
      accept: accept?.header ?? '*/*',
      'user-agent': options.userAgent ?? DEFAULT_USER_AGENT,
    }),
    ...checkHeaders(options.headers),
  };
  const userAgent = headers['user-agent'] ?? '';
  const lowest = atLeast(0, 'lowestSpeed', options.lowestSpeed ?? 0);
  const window = atLeast(1, 'speedWindow', options.speedWindow ?? SPEED_WINDOW);
  return {
    maxOpenConnections: atLeast(1, 'maxOpenConnections', options.maxOpenConnections ?? Infinity),
    /** Of every request. */
    headers,
    /** All headers of a request for a whole file, unless its row has some of its own. */
    plainHeaders: decode ? { 'accept-encoding': ACCEPTED_CODINGS, ...headers } : headers,
    /** The same for a body that must come without compression. */
    asSentHeaders: decode ? { 'accept-encoding': 'identity', ...headers } : headers,
    credentials: {
      auth: options.auth,
      netrc: netrc === undefined ? undefined : named('netrc', () => parseNetrc(netrc)),
    },
    cookies: cookies === undefined ? [] : named('cookies', () => parseNetscapeCookies(cookies)),
    proxies: new Proxies(options.proxy ?? {}),
    dns: {
      /** For `Resolver.setServers()`; empty for those of the system. */
      servers: named('dns.servers', () => parseDnsServers(dns.servers ?? [])),
      overrides: named('dns.resolve', () => new HostOverrides(dns.resolve ?? [])),
    },
    decode,
    insecure: options.insecure ?? false,
    maxRedirects: redirects(options.maxRedirects ?? DEFAULT_MAX_REDIRECTS),
    deadlines: {
      connect: deadline('connect', deadlines),
      firstByte: deadline('firstByte', deadlines),
      idle: deadline('idle', deadlines),
    },
    speed: lowest > 0 ? { lowest, window } : undefined,
    maxSize: atLeast(0, 'maxSize', options.maxSize ?? Infinity),
    minSize: atLeast(0, 'minSize', options.minSize ?? 0),
    /** Undefined when every type is accepted. */
    accept,
    robots: options.robots ?? false,
    /** Undefined when no tag is respected. */
    respect: options.respect?.length ? new RobotsTag(options.respect, userAgent) : undefined,
  };
}

/** @throws RangeError */
function atLeast(least: number, name: string, value: number): number {
  if (value >= least) return value;
  throw new RangeError(`${name} must be ${least} or more, not ${value}`);
}

/** @throws RangeError */
function redirects(value: number): number {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new RangeError(`maxRedirects must be a whole number, 0 or more, not ${value}`);
}

/** @returns whole ms; 0 for no deadline @throws RangeError */
function deadline(step: keyof Deadlines, deadlines: Partial<Deadlines>): number {
  const ms = atLeast(0, `deadlines.${step}`, deadlines[step] ?? DEADLINES[step]);
  return ms === Infinity ? 0 : Math.ceil(ms);
}

/** Adds the option's name to a SyntaxError. */
function named<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxError) error.message = `${name}, ${error.message}`;
    throw error;
  }
}
