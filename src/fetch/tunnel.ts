import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { errors } from 'undici';
import { ProxyError } from '../model/failure.ts';
import { CHECKED, type Connect } from './connector.ts';
import { type ProxyServer, portOf } from './proxies.ts';

/** How a tunnel is dug. */
export interface TunnelOptions {
  readonly proxy: ProxyServer;
  /** Whom to trust as a proxy. */
  readonly secureContext: SecureContext | undefined;
  /** Makes the connection to the server, within the tunnel. */
  readonly connect: Connect;
  /** For the way to the proxy and its answer, in ms; 0 for none. */
  readonly timeout: number;
}

/**
 * Connects to servers through a proxy (`CONNECT`, RFC 9110 section 9.3.6): the proxy passes bytes
 * on and sees none of what is in them.
 */
export class Tunnel implements Disposable {
  readonly #options: TunnelOptions;
  readonly #asking = new Set<ClientRequest>();

  constructor(options: TunnelOptions) {
    this.#options = options;
  }

  /** What undici calls for a new connection. */
  readonly connect: Connect = (options, callback) => {
    const { connect, timeout } = this.#options;
    const { hostname, port } = options;
    const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
    const asking = this.#ask(`${host}:${port || '443'}`);
    this.#asking.add(asking);
    const late = () =>
      asking.destroy(
        new errors.ConnectTimeoutError(`no tunnel through the proxy within ${timeout} ms`),
      );
    const timer = timeout > 0 ? setTimeout(late, timeout) : undefined;
    const settle = () => {
      clearTimeout(timer);
      this.#asking.delete(asking);
    };
    asking.once('connect', ({ statusCode = 0, statusMessage }: IncomingMessage, socket: Socket) => {
      settle();
      if (statusCode >= 200 && statusCode < 300) {
        connect({ ...options, httpSocket: socket }, callback);
      } else {
        socket.destroy();
        callback(new ProxyError(statusCode, statusMessage), null);
      }
    });
    asking.once('error', (error) => {
      settle();
      callback(error, null);
    });
    asking.end();
  };

  /** Gives up those that are not there yet. */
  [Symbol.dispose](): void {
    for (const asking of this.#asking) asking.destroy();
  }

  #ask(target: string): ClientRequest {
    const { proxy } = this.#options;
    const { host } = proxy;
    const port = Number(portOf(proxy.url));
    const headers = { host: target, ...proxy.headers };
    // Only now, as few have a proxy: importing these takes 30 ms.
    const { request } = process.getBuiltinModule('node:http');
    const asked = { method: 'CONNECT', host, port, path: target, headers };
    if (proxy.url.protocol !== 'https:') return request({ ...asked, agent: false });
    return request({ ...asked, createConnection: () => this.#connectTls(host, port) });
  }

  #connectTls(host: string, port: number): Socket {
    const { secureContext } = this.#options;
    return process.getBuiltinModule('node:tls').connect({
      host,
      port,
      ...CHECKED,
      ...(secureContext === undefined ? {} : { secureContext }),
      // TLS knows names only (RFC 6066 section 3).
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
  }
}
