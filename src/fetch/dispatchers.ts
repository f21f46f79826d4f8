import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { type Connect, Connector, type ConnectorOptions, secureContextOf } from './connector.ts';
import type { Deadlines, TlsOptions } from './http-options.ts';
import type { Lookup, Lookups } from './lookups.ts';
import type { Proxies, ProxyServer } from './proxies.ts';
import { Tunnel } from './tunnel.ts';

/** Where a request is sent. */
export interface Target {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Still the row's own origin, which may see our certificate. */
  readonly atHome: boolean;
}

/** What {@link Dispatchers} go by. */
export interface DispatcherOptions {
  readonly maxConnections: number;
  readonly deadlines: Deadlines;
  readonly proxies: Proxies;
  readonly tls: TlsOptions | undefined;
  readonly lookups: Lookups;
  /** Which servers may be connected to; proxies are the user's own choice, and may be anywhere. */
  readonly guard: AddressGuard | undefined;
}

/** Sends requests: on kept connections, directly, through a proxy, or through a tunnel. */
export class Dispatchers implements AsyncDisposable {
  readonly #options: DispatcherOptions;
  readonly #open: Disposable[] = [];
  readonly #agents = new Map<string, Agent>();
  readonly #trust: SecureContext | undefined;
  readonly #identity: SecureContext | undefined;
  readonly #own: Connector;
  readonly #foreign: Connector;
  /** For servers; a proxy is looked up without a guard. */
  readonly #lookup: Lookup;

  /** @throws what OpenSSL has to say about PEM that is none */
  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { lookups, guard } = options;
    this.#lookup = guard === undefined ? lookups.lookup : guard.guarded(lookups.lookup);
    const { ca, cert } = options.tls ?? {};
    this.#trust = ca === undefined ? undefined : secureContextOf({ ca });
    this.#identity = cert === undefined ? this.#trust : secureContextOf(options.tls ?? {});
    this.#own = this.#connector({ secureContext: this.#identity });
    this.#foreign =
      this.#identity === this.#trust ? this.#own : this.#connector({ secureContext: this.#trust });
  }

  /** Starts a request; `handler` is told the rest. */
  dispatch({ url, headers, atHome }: Target, handler: Dispatcher.DispatchHandler): void {
    const { origin, pathname, search } = url;
    const path = pathname + search;
    const proxy = this.#options.proxies.for(url);
    const whose = atHome || this.#foreign === this.#own ? 'own' : 'foreign';
    if (proxy === undefined) {
      const agent = this.#agent(whose, () => this.#connectOf(whose));
      agent.dispatch({ origin, path, headers, method: 'GET' }, handler);
    } else if (url.protocol === 'https:') {
      const agent = this.#agent(`${whose} ${proxy.url.href}`, () => this.#tunnel(proxy, whose));
      agent.dispatch({ origin, path, headers, method: 'GET' }, handler);
    } else {
      this.#viaProxy(proxy, url, headers, handler);
    }
  }

  /** See {@link Connector.hadServed}. */
  hadServed(error: unknown): boolean {
    return this.#own.hadServed(error) || this.#foreign.hadServed(error);
  }

  /** Closes every connection; what is still in flight fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#open) resource[Symbol.dispose]();
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  /** An `http:` URL is the proxy's to ask for: it is sent whole (RFC 9112 section 3.2.2). */
  #viaProxy(
    proxy: ProxyServer,
    url: URL,
    headers: Target['headers'],
    handler: Dispatcher.DispatchHandler,
  ): void {
    const agent = this.#agent(`proxy ${proxy.url.href}`, () => {
      // Only HTTP/1.1 knows requests with whole URLs.
      const { lookup } = this.#options.lookups;
      const options = { secureContext: this.#trust, allowH2: false, lookup };
      const { connect } = this.#connector(options);
      if (isIP(proxy.host) === 0) return connect;
      // TLS knows names only (RFC 6066 section 3).
      return (to, callback) => connect({ ...to, servername: '' }, callback);
    });
    const { origin, pathname, search, host } = url;
    const target = {
      origin: proxy.url.origin,
      path: origin + pathname + search,
      method: 'GET' as const,
      headers: { host, ...headers, ...proxy.headers },
      // undici would take it from the Host header, which names the server and not the proxy.
      servername: proxy.url.hostname,
    };
    agent.dispatch(target, handler);
  }

  #connectOf(whose: 'own' | 'foreign'): Connect {
    return (whose === 'own' ? this.#own : this.#foreign).connect;
  }

  #tunnel(proxy: ProxyServer, whose: 'own' | 'foreign'): Connect {
    const tunnel = new Tunnel({
      proxy,
      secureContext: this.#trust,
      connect: this.#connectOf(whose),
      timeout: this.#options.deadlines.connect,
    });
    this.#open.push(tunnel);
    return tunnel.connect;
  }

  #connector(options: Pick<ConnectorOptions, 'secureContext'> & Partial<ConnectorOptions>) {
    const timeout = this.#options.deadlines.connect;
    const connector = new Connector({ timeout, allowH2: true, lookup: this.#lookup, ...options });
    this.#open.push(connector);
    return connector;
  }

  #agent(key: string, connect: () => Connect): Agent {
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      const { maxConnections, deadlines } = this.#options;
      agent = new Agent({
        connections: maxConnections,
        pipelining: 1,
        connect: connect(),
        headersTimeout: deadlines.firstByte,
        bodyTimeout: deadlines.idle,
      });
      this.#agents.set(key, agent);
    }
    return agent;
  }
}
