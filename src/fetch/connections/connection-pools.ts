import type { SecureContext } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { ConnectionLostError } from '../../model/failure.ts';
import type { OpenOptions } from '../../model/response.ts';
import type { AddressGuard } from '../dns/address-guard.ts';
import { type AddressSource, DestinationAddresses } from '../dns/destination-addresses.ts';
import type { HostOverrides } from '../dns/dns-options.ts';
import type { HostResolver } from '../dns/host-resolver.ts';
import type { Deadlines, TlsOptions } from '../http-options.ts';
import type { HttpProxy, Proxies, ProxyServer } from '../proxy/proxies.ts';
import { type Connect, Connector } from '../transport/connector.ts';
import { DeadlineWatch } from '../transport/deadline-watch.ts';
import { type Destination, destinationOf } from '../transport/destination.ts';
import type { Headers, RequestControl, ResponseHandler } from '../transport/request.ts';
import { requestTarget } from '../transport/request-target.ts';
import { secureContextOf, TlsClient } from '../transport/tls-client.ts';
import { OpenConnections } from './open-connections.ts';
import { HTTP2_FROM, type Protocol } from './origin-connector.ts';
import { OriginPool } from './origin-pool.ts';

/** Where a request goes. */
export interface Target {
  readonly url: URL;
  /** Whether this is still the row's own origin, which may see our certificate. */
  readonly isOwnOrigin: boolean;
}

/** A request to be dispatched. */
export interface OutgoingRequest extends Target {
  readonly headers: Headers;
  /** Whether to avoid kept connections. */
  readonly needsNew: boolean;
}

/** Options of {@link ConnectionPools}. */
export interface ConnectionPoolsOptions {
  /** To one origin. */
  readonly maxConnections: number;
  /** To all origins; Infinity for any number. */
  readonly maxOpenConnections: number;
  /** How many requests an origin must have before HTTP/2 is offered to it. @default HTTP2_FROM */
  readonly http2From?: number | undefined;
  readonly deadlines: Deadlines;
  readonly proxies: Proxies;
  readonly tls: TlsOptions | undefined;
  /** Check no certificate. */
  readonly insecure: boolean;
  readonly resolver: Pick<HostResolver, 'lookup'>;
  /** Addresses that the user gave for hosts, those of proxies included, as in curl. */
  readonly overrides?: HostOverrides | undefined;
  /** Refuses the addresses of servers. Proxies are the user's own choice, and may be anywhere. */
  readonly guard: AddressGuard | undefined;
  /** A clock in ms that never goes back. */
  readonly now?: (() => number) | undefined;
}

/** How many servers without connections and requests are remembered: some 150 bytes each. */
const MOST_REMEMBERED = 10_000;

/** What is remembered of a server that could be reached. */
interface Remembered {
  readonly protocol: Protocol;
  readonly observesEnd: boolean;
}

/** Sends requests on kept connections: directly, through a proxy, or through a tunnel of a proxy. */
export class ConnectionPools implements Disposable {
  readonly #options: ConnectionPoolsOptions;
  readonly #watch: DeadlineWatch;
  readonly #connections: OpenConnections;
  /** The servers with a connection or a request: a list may have more origins than fit in memory. */
  readonly #pools = new Map<string, OriginPool>();
  readonly #remembered = new LRUCache<string, Remembered>({ max: MOST_REMEMBERED });
  /** Connects to rows' own origins, which may see our certificate. */
  readonly #own: Connector;
  /** Connects to other origins, where redirects lead. */
  readonly #foreign: Connector;
  readonly #toProxies: Connector;
  readonly #servers: AddressSource;
  #isDisposed = false;

  /** @throws what OpenSSL throws for invalid PEM */
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
    // Proxies are not guarded; and only HTTP/1.1 has requests for whole URLs.
    const proxies = new DestinationAddresses(resolver, overrides);
    this.#toProxies = this.#connector(trust, proxies, false, true);
  }

  /**
   * Starts a request. What comes of it is reported to `handler`.
   * @throws SchemeError; ConnectionLostError after disposal
   */
  dispatch(request: OutgoingRequest, handler: ResponseHandler): RequestControl {
    const { url, headers, needsNew } = request;
    const { host } = url;
    const path = requestTarget(url);
    const proxy = this.#options.proxies.for(url);
    const pool = this.#poolFor(request, proxy);
    if (isSentToProxy(url, proxy)) {
      // A proxy is asked for the whole URL (RFC 9112 section 3.2.2).
      const target = url.origin + path;
      const all = { ...headers, ...proxy.headers };
      return pool.send({ target, authority: host, headers: all }, handler, needsNew);
    }
    return pool.send({ target: path, authority: host, headers }, handler, needsNew);
  }

  /**
   * Opens a connection to where a request would be sent. See `Open` of `model/response.ts`.
   * @throws SchemeError; ConnectionLostError after disposal
   */
  open(target: Target, options: OpenOptions): Promise<void> | undefined {
    return this.#poolFor(target, this.#options.proxies.for(target.url)).open(options);
  }

  /** Closes the idle connections to an origin. Those to a proxy that it shares with others stay. */
  release(url: URL): void {
    const proxy = this.#options.proxies.for(url);
    if (isSentToProxy(url, proxy)) return;
    for (const whose of ['own', 'foreign'] as const) {
      const key = keyOf(url, whose, proxy);
      this.#remembered.delete(key);
      this.#pools.get(key)?.release();
    }
  }

  /** Closes every connection; requests in flight fail. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#connections[Symbol.dispose]();
    for (const pool of this.#pools.values()) pool[Symbol.dispose]();
    this.#watch[Symbol.dispose]();
  }

  /** @throws SchemeError; ConnectionLostError after disposal */
  #poolFor({ url, isOwnOrigin }: Target, proxy: ProxyServer | undefined): OriginPool {
    if (this.#isDisposed) throw new ConnectionLostError('the client was closed');
    if (isSentToProxy(url, proxy)) {
      const { destination } = proxy;
      return this.#pool(`proxy ${proxy.url.href}`, () => [destination, this.#toProxies.connect]);
    }
    const whose = isOwnOrigin || this.#foreign === this.#own ? 'own' : 'foreign';
    return this.#pool(keyOf(url, whose, proxy), () => {
      const toServer = whose === 'own' ? this.#own : this.#foreign;
      const connect = proxy === undefined ? toServer.connect : this.#through(proxy, toServer);
      return [destinationOf(url), connect];
    });
  }

  /** Connects to servers through a proxy. Most runs have none: the code is loaded when one is used. */
  #through(proxy: ProxyServer, toServer: Connector): Connect {
    const timeout = this.#options.deadlines.connect;
    const route = { toProxy: this.#toProxies, toServer, watch: this.#watch, timeout };
    if (proxy.kind === 'http') {
      return onceLoaded(async () => {
        const { tunnelThrough } = await import('../proxy/tunnel.ts');
        return tunnelThrough({ proxy, ...route });
      });
    }
    return onceLoaded(async () => {
      const { socksThrough } = await import('../proxy/socks-route.ts');
      return socksThrough({ proxy, ...route, addresses: this.#servers });
    });
  }

  #connector(
    context: SecureContext | undefined,
    addresses: AddressSource,
    allowH2: boolean,
    isToProxy = false,
  ): Connector {
    const timeout = this.#options.deadlines.connect;
    const tls = new TlsClient(context, allowH2, this.#options.insecure);
    return new Connector({ watch: this.#watch, timeout, tls, addresses, isToProxy });
  }

  /** @param lead says where a new pool connects to, and how */
  #pool(key: string, lead: () => [Destination, Connect]): OriginPool {
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      const { maxConnections, deadlines, http2From = HTTP2_FROM } = this.#options;
      const [to, connect] = lead();
      const known = this.#remembered.get(key);
      const [watch, connections] = [this.#watch, this.#connections];
      const onEmpty = (empty: OriginPool) => this.#forget(key, empty);
      const shared = { maxConnections, deadlines, watch, connections, http2From, onEmpty };
      pool = new OriginPool({ to, connect, ...known, ...shared });
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** Drops a pool without connections and requests. */
  #forget(key: string, pool: OriginPool): void {
    this.#pools.delete(key);
    const { protocol, observesEnd, isReleased } = pool;
    if (protocol === undefined || isReleased) this.#remembered.delete(key);
    else this.#remembered.set(key, { protocol, observesEnd });
  }
}

/** Whether the request itself goes to the proxy, rather than through a connection that it makes. */
function isSentToProxy(url: URL, proxy: ProxyServer | undefined): proxy is HttpProxy {
  return proxy?.kind === 'http' && url.protocol === 'http:';
}

/** Whether a connection may show our certificate. */
type Whose = 'own' | 'foreign';

function keyOf({ origin }: URL, whose: Whose, proxy: ProxyServer | undefined): string {
  return proxy === undefined ? `${whose} ${origin}` : `${whose} ${origin} ${proxy.url.href}`;
}

/** Connects as soon as the code for it is loaded. */
function onceLoaded(load: () => Promise<Connect>): Connect {
  return (to, done, offersHttp2) => {
    let underWay: Disposable | undefined;
    let isGivenUp = false;
    load().then(
      (connect) => {
        if (!isGivenUp) underWay = connect(to, done, offersHttp2);
      },
      (error: Error) => {
        if (!isGivenUp) done(error);
      },
    );
    return {
      [Symbol.dispose]() {
        isGivenUp = true;
        underWay?.[Symbol.dispose]();
      },
    };
  };
}
