import { type Destination, destinationOf, portOf } from './connections/destination.ts';
import { basic, decoded } from './credentials.ts';
import type { ProxyOptions } from './http-options.ts';

/** A proxy, as requests to it need to know it. */
export interface ProxyServer {
  readonly url: URL;
  readonly destination: Destination;
  /** `ProxyServer-Authorization` and the like. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Which proxy a request goes through. */
export class Proxies {
  readonly #http: ProxyServer | undefined;
  readonly #https: ProxyServer | undefined;
  readonly #except: readonly Exception[];

  /** @throws TypeError when a proxy is none that we speak to */
  constructor({ http, https, except = '' }: ProxyOptions) {
    this.#http = proxyAt(http);
    this.#https = proxyAt(https);
    this.#except = except.split(/[\s,]+/).flatMap((entry) => exceptionOf(entry) ?? []);
  }

  /** @returns undefined when the server is asked directly */
  for(url: URL): ProxyServer | undefined {
    const proxy = url.protocol === 'https:' ? this.#https : this.#http;
    if (proxy === undefined || this.#except.some((exception) => exception(url))) return undefined;
    return proxy;
  }
}

/**
 * The proxies that an environment names, as curl reads it: `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY`
 * for both, `NO_PROXY`; each in lower case as well, which wins.
 */
export function proxiesOf(environment: Readonly<Record<string, string | undefined>>): ProxyOptions {
  const read = (name: string) =>
    environment[name.toLowerCase()] || environment[name.toUpperCase()] || undefined;
  const all = read('all_proxy');
  return {
    http: read('http_proxy') ?? all,
    https: read('https_proxy') ?? all,
    except: read('no_proxy'),
  };
}

function proxyAt(text: string | undefined): ProxyServer | undefined {
  if (text === undefined || text === '') return undefined;
  // `proxy:3128` is how most write it.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('a proxy must be an http:// or https:// URL'); // it may hold a password
  }
  const { username, password } = url;
  const known = username !== '' || password !== '';
  const headers = known
    ? { 'proxy-authorization': basic(decoded(username), decoded(password)) }
    : undefined;
  return { url, destination: destinationOf(url), headers: headers ?? {} };
}

type Exception = (url: URL) => boolean;

const ENTRY = /^(?:\[([^\]]+)\]|([^:]+)|([0-9a-f:]+:[0-9a-f:]*))(?::(\d+))?$/i;

/** One entry of NO_PROXY: a host and all below it, an address, either with a port, or `*`. */
function exceptionOf(entry: string): Exception | undefined {
  if (entry === '*') return () => true;
  const [, bracketed, name, address, port] = ENTRY.exec(entry) ?? [];
  const text = (bracketed ?? name ?? address)?.toLowerCase();
  if (text === undefined) return undefined;
  const host = text.replace(/^\*?\./, '');
  return (url) => {
    if (port !== undefined && Number(port) !== portOf(url)) return false;
    const asked = url.hostname.replace(/^\[|\]$|\.$/g, '');
    return asked === host || asked.endsWith(`.${host}`);
  };
}
