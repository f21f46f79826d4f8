import { basic, decoded } from '../auth/credentials.ts';
import type { ProxyOptions } from '../http-options.ts';
import { type Destination, destinationOf } from '../transport/destination.ts';
import { type Exception, exceptionsOf } from './no-proxy.ts';

/** A proxy, with what requests through it need. */
export type ProxyServer = HttpProxy | SocksProxy;

/** A proxy that speaks HTTP. It is asked for whole URLs, or for tunnels. */
export interface HttpProxy {
  readonly kind: 'http';
  readonly url: URL;
  readonly destination: Destination;
  /** `Proxy-Authorization`, if the proxy's URL has a user or a password. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A proxy that makes connections (SOCKS 4, 4a and 5: RFC 1928). */
export interface SocksProxy {
  readonly kind: 'socks';
  readonly url: URL;
  readonly destination: Destination;
  readonly version: 4 | 5;
  /** Whether it is given names; otherwise names are looked up here. */
  readonly resolves: boolean;
  readonly username: string;
  readonly password: string;
}

/** Chooses the proxy of a request. */
export class Proxies {
  readonly #http: ProxyServer | undefined;
  readonly #https: ProxyServer | undefined;
  readonly #except: readonly Exception[];

  /** @throws TypeError for an invalid proxy, or one of an unknown scheme */
  constructor({ http, https, except = '' }: ProxyOptions) {
    this.#http = http === undefined || http === '' ? undefined : proxyAt(http);
    this.#https = https === undefined || https === '' ? undefined : proxyAt(https);
    const hasProxy = this.#http !== undefined || this.#https !== undefined;
    this.#except = hasProxy ? exceptionsOf(except) : [];
  }

  /** Whether a proxy looks names up. */
  get resolveNames(): boolean {
    return [this.#http, this.#https].some(
      (proxy) => proxy !== undefined && (proxy.kind === 'http' || proxy.resolves),
    );
  }

  /** @returns undefined when the server is asked directly */
  for(url: URL): ProxyServer | undefined {
    const proxy = url.protocol === 'https:' ? this.#https : this.#http;
    if (proxy === undefined || this.#except.some((exception) => exception(url))) return undefined;
    return proxy;
  }
}

/**
 * The proxies of an environment, as curl reads it: `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY` for
 * both, and `NO_PROXY`. Names in lower case win.
 *
 * @throws TypeError naming the variable with an invalid proxy, without its value
 */
export function proxiesOf(environment: Readonly<Record<string, string | undefined>>): ProxyOptions {
  // A web server that runs a program (CGI) sets this to a request's header `Proxy`: https://httpoxy.org
  const untrusted = environment.REQUEST_METHOD === undefined ? undefined : 'HTTP_PROXY';
  const read = (name: string) => {
    const names = [name, name.toUpperCase()];
    const variable = names.find((key) => environment[key] && key !== untrusted);
    return variable === undefined ? undefined : { variable, value: environment[variable] ?? '' };
  };
  const all = read('all_proxy');
  const [http, https] = [read('http_proxy') ?? all, read('https_proxy') ?? all];
  for (const named of [http, https]) {
    if (named !== undefined) checkProxy(named.value, named.variable);
  }
  return { http: http?.value, https: https?.value, except: read('no_proxy')?.value };
}

/** @throws TypeError naming the variable, when its value is not a proxy */
function checkProxy(url: string, variable: string): void {
  try {
    proxyAt(url);
  } catch (cause) {
    throw new TypeError(`${variable}: ${(cause as TypeError).message}`, { cause });
  }
}

/** The version of SOCKS, and whether the proxy looks names up, by the scheme of its URL. */
const SOCKS: Readonly<Record<string, Pick<SocksProxy, 'version' | 'resolves'>>> = {
  'socks4:': { version: 4, resolves: false },
  'socks4a:': { version: 4, resolves: true },
  'socks5:': { version: 5, resolves: false },
  'socks5h:': { version: 5, resolves: true },
  // Desktops set `all_proxy` to it. Names are sent along, so that no look-up reveals them.
  'socks:': { version: 5, resolves: true },
};

const SOCKS_PORT = 1080;

/** User and password have lengths of one byte each (RFC 1929). */
const LONGEST_SECRET = 255;

/** @throws TypeError without the text, which may contain a password */
function proxyAt(text: string): ProxyServer {
  // Most people write `proxy:3128`.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const socks = SOCKS[url?.protocol ?? ''];
  if (url === null || (socks === undefined && !/^https?:$/.test(url.protocol))) throw noProxy();
  if (url.port === '0') throw noProxy();
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (socks !== undefined) return socksProxy(url, socks, { username, password });
  const isKnown = username !== '' || password !== '';
  const headers = isKnown ? { 'proxy-authorization': basic(username, password) } : undefined;
  return { kind: 'http', url, destination: destinationOf(url), headers: headers ?? {} };
}

function socksProxy(
  url: URL,
  how: Pick<SocksProxy, 'version' | 'resolves'>,
  login: Pick<SocksProxy, 'username' | 'password'>,
): SocksProxy {
  // `URL` does not check the host of a scheme that it does not know.
  const known = URL.parse(`http://${url.host}`);
  if (known === null) throw noProxy();
  const { host } = destinationOf(known);
  const port = url.port === '' ? SOCKS_PORT : Number(url.port);
  for (const secret of [login.username, login.password]) {
    if (Buffer.byteLength(secret) <= LONGEST_SECRET && !secret.includes('\0')) continue;
    throw new TypeError('the user and the password of a SOCKS proxy have at most 255 bytes each');
  }
  return { kind: 'socks', url, destination: { host, port, isSecure: false }, ...how, ...login };
}

function noProxy(): TypeError {
  return new TypeError(
    'a proxy must be an http://, https://, socks4://, socks4a://, socks5:// or socks5h:// URL with a host',
  );
}
