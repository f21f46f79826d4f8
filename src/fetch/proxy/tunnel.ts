import {
  ConnectionLostError,
  DeadlineError,
  ProtocolError,
  ProxyError,
} from '../../model/failure.ts';
import { type Head, parseHead } from '../http1/head.ts';
import { requestText } from '../http1/request-text.ts';
import type { Connect, Connector } from '../transport/connector.ts';
import type { DeadlineWatch, Watched } from '../transport/deadline-watch.ts';
import { type Destination, hostAndPort } from '../transport/destination.ts';
import type { Transport, TransportListener } from '../transport/transport.ts';
import type { HttpProxy } from './proxies.ts';

/** How servers are connected to through a tunnel. */
export interface TunnelOptions {
  readonly proxy: HttpProxy;
  /** Makes the connection to the proxy. */
  readonly toProxy: Connector;
  /** Makes the connection to the server, within the tunnel. */
  readonly toServer: Connector;
  readonly watch: DeadlineWatch;
  /** For the answer of the proxy, in ms; 0 for none. */
  readonly timeout: number;
}

/** Connects to servers through tunnels of a proxy. */
export function tunnelThrough(options: TunnelOptions): Connect {
  return (...to) => new Tunnel(options, ...to);
}

/** The longest answer of a proxy, in bytes: only its first line is of use. */
const LONGEST_ANSWER = 16 * 1024;

/** A tunnel that is being opened (`CONNECT`, RFC 9110 section 9.3.6). */
class Tunnel implements TransportListener, Watched, Disposable {
  readonly #options: TunnelOptions;
  readonly #to: Destination;
  readonly #done: Parameters<Connect>[1];
  readonly #offersHttp2: Parameters<Connect>[2];
  /** What to dispose of when this is given up: the way to the proxy, then the way to the server. */
  #underWay: Disposable;
  #transport: Transport | undefined;
  #answer = '';
  due = Number.POSITIVE_INFINITY;

  constructor(options: TunnelOptions, ...[to, done, offersHttp2]: Parameters<Connect>) {
    this.#options = options;
    this.#to = to;
    this.#done = done;
    this.#offersHttp2 = offersHttp2;
    const { destination } = options.proxy;
    const onConnected = (result: Error | Transport) => this.#ask(result);
    this.#underWay = options.toProxy.connect(destination, onConnected, () => false);
  }

  onBytes(bytes: Buffer): void {
    this.#answer += bytes.toString('latin1');
    const end = this.#answer.indexOf('\r\n\r\n');
    try {
      if (end !== -1) {
        checkAnswer(parseHead(this.#answer.slice(0, end)), this.#answer.slice(end + 4));
        this.#secure();
      } else if (this.#answer.length > LONGEST_ANSWER) {
        throw new ProtocolError(`the proxy answers with more than ${LONGEST_ANSWER} bytes`);
      }
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  onLost(error: Error | undefined): void {
    this.#fail(error ?? new ConnectionLostError('the proxy closed the connection'));
  }

  expire(): void {
    this.#fail(new DeadlineError('timeout-connect', this.#options.timeout));
  }

  [Symbol.dispose](): void {
    this.#options.watch.delete(this);
    this.#underWay[Symbol.dispose]();
    this.#transport?.[Symbol.dispose]();
  }

  #ask(result: Error | Transport): void {
    if (result instanceof Error) {
      this.#done(result);
      return;
    }
    const { watch, timeout, proxy } = this.#options;
    this.#transport = result;
    result.use(this);
    this.due = watch.dueIn(timeout);
    watch.add(this);
    const authority = hostAndPort(this.#to);
    const request = { target: authority, authority, headers: proxy.headers };
    result.socket.write(requestText(request, 'CONNECT'), 'latin1');
  }

  /** The proxy passes bytes on: what follows is TLS with the server. */
  #secure(): void {
    const transport = this.#transport;
    if (transport === undefined) return;
    const { watch, toServer } = this.#options;
    watch.delete(this);
    transport.release();
    const { socket } = transport;
    this.#underWay = toServer.connectWithin(socket, this.#to, this.#done, this.#offersHttp2);
  }

  #fail(error: Error): void {
    this[Symbol.dispose]();
    this.#done(error);
  }
}

/** @throws ProxyError; ProtocolError */
function checkAnswer({ status, statusText }: Head, rest: string): void {
  if (status < 200) throw new ProtocolError('an interim response of the proxy');
  if (status >= 300) throw new ProxyError(status, statusText);
  // The server has not been asked for anything yet.
  if (rest !== '') throw new ProtocolError('the proxy sends what was not asked for');
}
