import type { SecureContext } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { ConnectionLostError } from '../../model/failure.ts';
import type { OpenOptions } from '../../model/response.ts';
import type { AddressGuard } from '../dns/address-guard.ts';
import { type AddressSource, DestinationAddresses } from '../dns/destination-addresses.ts';
import type { HostOverrides } from '../dns/host-overrides.ts';
import type { HostResolver } from '../dns/host-resolver.ts';
import type { Deadlines, TlsOptions } from '../http-options.ts';
import type { HttpProxy, Proxies, ProxyServer } from '../proxy/proxies.ts';
import { socksThrough } from '../proxy/socks-route.ts';
import { tunnelThrough } from '../proxy/tunnel.ts';
import { type Connect, Connector } from '../transport/connector.ts';
import { DeadlineWatch } from '../transport/deadline-watch.ts';
import { type Destination, destinationOf } from '../transport/destination.ts';
import type { Headers, RequestControl, ResponseHandler } from '../transport/request.ts';
import { secureContextOf, TlsClient } from '../transport/tls-client.ts';
import { OpenConnections } from './open-connections.ts';
import { HTTP2_FROM, OriginPool, type Protocol } from './origin-pool.ts';

/** Where a connection for a request leads. */
export interface Place {
  readonly url: URL;
  /** Still the row's own origin, which may see our certificate. */
  readonly isOwnOrigin: boolean;
}

/** A request, and where it is sent. */
export interface Target extends Place {
  readonly headers: Headers;
  /** Not on a kept connection. */
  readonly needsNew: boolean;
}

/** What {@link ConnectionPools} go by. */
export interface ConnectionPoolsOptions {
  /** To one origin. */
  readonly maxConnections: number;
  /** To all origins; Infinity for any number. */
  readonly maxOpenConnections: number;
  /** How many requests an origin must have until HTTP/2 is offered to it. @default HTTP2_FROM */
  readonly http2From?: number | undefined;
  readonly deadlines: Deadlines;
  readonly proxies: Proxies;
  readonly tls: TlsOptions | undefined;
  readonly resolver: Pick<HostResolver, 'lookup'>;
  /** What the user says of where hosts are; of a proxy's host too, as in curl. */
  readonly overrides?: HostOverrides | undefined;
  /** Which servers may be connected to; proxies are the user's own choice, and may be anywhere. */
  readonly guard: AddressGuard | undefined;
  /** A clock in ms that never goes back. */
  readonly now?: (() => number) | undefined;
}

/**
 * Servers that are remembered once there is no connection to them and no request: they can be reached, and what
 * they speak. Some 150 bytes each.
 */
const MOST_REMEMBERED = 10_000;

/** What little is of use later of an origin that could be reached. */
interface Remembered {
  readonly protocol: Protocol;
  readonly observesEnd: boolean;
}

/** Sends requests: on kept connections, directly, through a proxy, or through a tunnel of it. */
export class ConnectionPools implements Disposable {
  readonly #options: ConnectionPoolsOptions;
  readonly #watch: DeadlineWatch;
  readonly #connections: OpenConnections;
  /** Those with a connection or a request: a list may have more origins than memory. */
  readonly #origins = new Map<string, OriginPool>();
  readonly #remembered = new LRUCache<string, Remembered>({ max: MOST_REMEMBERED });
  /** To rows' own origins, which may see our certificate. */
  readonly #own: Connector;
  readonly #foreign: Connector;
  readonly #toProxies: Connector;
  readonly #servers: AddressSource;
  #isDisposed = false;

  /** @throws what OpenSSL has to say about PEM that is none */
  constructor(options: ConnectionPoolsOptions) {
    this.#options = options;
    const { resolver, overrides, guard, deadlines } = options;
    this.#watch = new DeadlineWatch(Object.values(deadlines), options.now);
    const { now } = this.#watch;
    this.#connections = new OpenConnections({ max: options.maxOpenConnections, now });
    const servers = new DestinationAddresses(resolver, overrides, guard);
    this.#servers = servers;
    const { ca, cert } = options.tls ?? {};
    const trust = ca === undefined ? undefined : secureContextOf({ ca });
    const identity = cert === undefined ? trust : secureContextOf(options.tls ?? {});
    this.#own = this.#connector(identity, servers, true);
    this.#foreign = identity === trust ? this.#own : this.#connector(trust, servers, true);
    // Looked up without a guard; and only HTTP/1.1 knows requests with whole URLs.
    this.#toProxies = this.#connector(trust, new DestinationAddresses(resolver, overrides), false);
  }

  /**
   * Starts a request; `handler` is told the rest.
   * @throws SchemeError; ConnectionLostError once it was disposed of
   */
  dispatch(
    { url, headers, isOwnOrigin, needsNew }: Target,
    handler: ResponseHandler,
  ): RequestControl {
    if (this.#isDisposed) throw new ConnectionLostError('the client was closed');
    const { pathname, search, host } = url;
    const proxy = this.#options.proxies.for(url);
    const pool = this.#pool({ url, isOwnOrigin }, proxy);
    if (isAskedFor(url, proxy)) {
      // It is the proxy's to ask for: it is sent whole (RFC 9112 section 3.2.2).
      const target = url.origin + pathname + search;
      const all = { ...headers, ...proxy.headers };
      return pool.send({ target, authority: host, headers: all }, handler, needsNew);
    }
    const request = { target: pathname + search, authority: host, headers };
    return pool.send(request, handler, needsNew);
  }

  /**
   * Opens a connection to where a request would be sent. See `Open` of `model/response.ts`.
   * @throws SchemeError; ConnectionLostError once it was disposed of
   */
  open(place: Place, options: OpenOptions): Promise<void> | undefined {
    if (this.#isDisposed) throw new ConnectionLostError('the client was closed');
    return this.#pool(place, this.#options.proxies.for(place.url)).open(options);
  }

  /** Closes idle connections to an origin. Those to a proxy that it shares with others stay. */
  release(url: URL): void {
    const proxy = this.#options.proxies.for(url);
    if (isAskedFor(url, proxy)) return;
    for (const whose of ['own', 'foreign'] as const) {
      const key = keyOf(url, whose, proxy);
      this.#remembered.delete(key);
      this.#origins.get(key)?.release();
    }
  }

  /** Closes every connection; what is still in flight fails. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#connections[Symbol.dispose]();
    for (const origin of this.#origins.values()) origin[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
  }

  /** @throws SchemeError */
  #pool({ url, isOwnOrigin }: Place, proxy: ProxyServer | undefined): OriginPool {
    if (isAskedFor(url, proxy)) return this.#proxy(proxy);
    const whose = isOwnOrigin || this.#foreign === this.#own ? 'own' : 'foreign';
    return this.#server(url, whose, proxy);
  }

  #proxy({ url, destination }: HttpProxy): OriginPool {
    return this.#origin(`proxy ${url.href}`, () => [destination, this.#toProxies.connect]);
  }

  /** @throws SchemeError */
  #server(url: URL, whose: Whose, proxy: ProxyServer | undefined): OriginPool {
    return this.#origin(keyOf(url, whose, proxy), () => {
      const toServer = whose === 'own' ? this.#own : this.#foreign;
      if (proxy === undefined) return [destinationOf(url), toServer.connect];
      const timeout = this.#options.deadlines.connect;
      const way = { toProxy: this.#toProxies, toServer, watch: this.#watch, timeout };
      const connect =
        proxy.kind === 'http'
          ? tunnelThrough({ proxy, ...way })
          : socksThrough({ proxy, ...way, addresses: this.#servers });
      return [destinationOf(url), connect];
    });
  }

  #connector(context: SecureContext | undefined, addresses: AddressSource, allowH2: boolean) {
    const timeout = this.#options.deadlines.connect;
    const tls = new TlsClient(context, allowH2);
    return new Connector({ watch: this.#watch, timeout, tls, addresses });
  }

  #origin(key: string, lead: () => [Destination, Connect]): OriginPool {
    let origin = this.#origins.get(key);
    if (origin === undefined) {
      const { maxConnections, deadlines, http2From = HTTP2_FROM } = this.#options;
      const [to, connect] = lead();
      const known = this.#remembered.get(key);
      const [watch, connections] = [this.#watch, this.#connections];
      const onEmpty = (pool: OriginPool) => this.#forget(key, pool);
      const shared = { maxConnections, deadlines, watch, connections, http2From, onEmpty };
      origin = new OriginPool({ to, connect, ...known, ...shared });
      this.#origins.set(key, origin);
    }
    return origin;
  }

  /** An origin has neither connections nor requests. */
  #forget(key: string, pool: OriginPool): void {
    this.#origins.delete(key);
    const { protocol, observesEnd, isReleased } = pool;
    if (protocol === undefined || isReleased) this.#remembered.delete(key);
    else this.#remembered.set(key, { protocol, observesEnd });
  }
}

/** Whether the request itself goes to the proxy; through others goes the connection to the server. */
function isAskedFor(url: URL, proxy: ProxyServer | undefined): proxy is HttpProxy {
  return proxy?.kind === 'http' && url.protocol === 'http:';
}

/** Whether a connection may show our certificate. */
type Whose = 'own' | 'foreign';

function keyOf({ origin }: URL, whose: Whose, proxy: ProxyServer | undefined): string {
  return proxy === undefined ? `${whose} ${origin}` : `${whose} ${origin} ${proxy.url.href}`;
}
