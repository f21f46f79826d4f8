import type { SecureContext } from 'node:tls';
import { ConnectionLostError } from '../../model/failure.ts';
import type { AddressGuard } from '../address-guard.ts';
import type { Headers } from '../headers.ts';
import type { Deadlines, TlsOptions } from '../http-options.ts';
import type { Lookup, Lookups } from '../lookups.ts';
import type { Proxies, ProxyServer } from '../proxies.ts';
import { type Connect, Connector, secureContextOf } from './connector.ts';
import { DeadlineWatch } from './deadline-watch.ts';
import { type Destination, destinationOf } from './destination.ts';
import { OriginPool } from './origin-pool.ts';
import type { RequestControl, ResponseHandler } from './request.ts';
import { tunnelThrough } from './tunnel.ts';

/** Where a request is sent. */
export interface Target {
  readonly url: URL;
  readonly headers: Headers;
  /** Still the row's own origin, which may see our certificate. */
  readonly atHome: boolean;
  /** Not on a kept connection. */
  readonly needsNew: boolean;
}

/** What {@link ConnectionPools} go by. */
export interface ConnectionPoolsOptions {
  readonly maxConnections: number;
  readonly deadlines: Deadlines;
  readonly proxies: Proxies;
  readonly tls: TlsOptions | undefined;
  readonly lookups: Lookups;
  /** Which servers may be connected to; proxies are the user's own choice, and may be anywhere. */
  readonly guard: AddressGuard | undefined;
  /** A clock in ms that never goes back. */
  readonly now?: (() => number) | undefined;
}

/** Sends requests: on kept connections, directly, through a proxy, or through a tunnel. */
export class ConnectionPools implements Disposable {
  readonly #options: ConnectionPoolsOptions;
  readonly #watch: DeadlineWatch;
  readonly #origins = new Map<string, OriginPool>();
  /** To rows' own origins, which may see our certificate. */
  readonly #own: Connector;
  readonly #foreign: Connector;
  readonly #toProxies: Connector;
  #isDisposed = false;

  /** @throws what OpenSSL has to say about PEM that is none */
  constructor(options: ConnectionPoolsOptions) {
    this.#options = options;
    const { lookups, guard, deadlines } = options;
    this.#watch = new DeadlineWatch(Object.values(deadlines), options.now);
    const lookup = guard === undefined ? lookups.lookup : guard.guarded(lookups.lookup);
    const { ca, cert } = options.tls ?? {};
    const trust = ca === undefined ? undefined : secureContextOf({ ca });
    const identity = cert === undefined ? trust : secureContextOf(options.tls ?? {});
    this.#own = this.#connector(identity, lookup, true);
    this.#foreign = identity === trust ? this.#own : this.#connector(trust, lookup, true);
    // Looked up without a guard; and only HTTP/1.1 knows requests with whole URLs.
    this.#toProxies = this.#connector(trust, lookups.lookup, false);
  }

  /**
   * Starts a request; `handler` is told the rest.
   * @throws SchemeError; ConnectionLostError once it was disposed of
   */
  dispatch({ url, headers, atHome, needsNew }: Target, handler: ResponseHandler): RequestControl {
    if (this.#isDisposed) throw new ConnectionLostError('the client was closed');
    const { pathname, search, host } = url;
    const proxy = this.#options.proxies.for(url);
    const whose = atHome || this.#foreign === this.#own ? 'own' : 'foreign';
    if (proxy !== undefined && url.protocol === 'http:') {
      // It is the proxy's to ask for: it is sent whole (RFC 9112 section 3.2.2).
      const target = url.origin + pathname + search;
      const all = { ...headers, ...proxy.headers };
      return this.#proxy(proxy).send({ target, authority: host, headers: all }, handler, needsNew);
    }
    const request = { target: pathname + search, authority: host, headers };
    return this.#server(url, whose, proxy).send(request, handler, needsNew);
  }

  /** Closes every connection; what is still in flight fails. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const origin of this.#origins.values()) origin[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
  }

  #proxy({ url, destination }: ProxyServer): OriginPool {
    return this.#origin(`proxy ${url.href}`, () => [destination, this.#toProxies.connect]);
  }

  /** @throws SchemeError */
  #server(url: URL, whose: 'own' | 'foreign', proxy: ProxyServer | undefined): OriginPool {
    const via = proxy === undefined ? '' : ` ${proxy.url.href}`;
    return this.#origin(`${whose} ${url.origin}${via}`, () => {
      const toServer = whose === 'own' ? this.#own : this.#foreign;
      if (proxy === undefined) return [destinationOf(url), toServer.connect];
      const timeout = this.#options.deadlines.connect;
      const toProxy = this.#toProxies;
      const connect = tunnelThrough({ proxy, toProxy, toServer, watch: this.#watch, timeout });
      return [destinationOf(url), connect];
    });
  }

  #connector(secureContext: SecureContext | undefined, lookup: Lookup, allowH2: boolean) {
    const timeout = this.#options.deadlines.connect;
    return new Connector({ watch: this.#watch, timeout, lookup, allowH2, secureContext });
  }

  #origin(key: string, lead: () => [Destination, Connect]): OriginPool {
    let origin = this.#origins.get(key);
    if (origin === undefined) {
      const { maxConnections, deadlines } = this.#options;
      const [to, connect] = lead();
      origin = new OriginPool({ to, connect, maxConnections, deadlines, watch: this.#watch });
      this.#origins.set(key, origin);
    }
    return origin;
  }
}
