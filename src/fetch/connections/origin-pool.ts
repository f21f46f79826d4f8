import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ConnectionLostError } from '../../model/failure.ts';
import type { Deadlines } from '../http-options.ts';
import { Http1Connection } from '../http1/connection.ts';
import { Http2Session } from '../http2/http2-session.ts';
import type { Connect } from './connector.ts';
import type { DeadlineWatch } from './deadline-watch.ts';
import { type Destination, hostAndPort } from './destination.ts';
import type { Link } from './link.ts';
import type { RequestControl, ResponseHandler, WireRequest } from './request.ts';
import { WaitingRequests } from './waiting-requests.ts';

/** What an {@link OriginPool} goes by. */
export interface OriginPoolOptions {
  readonly to: Destination;
  readonly connect: Connect;
  readonly maxConnections: number;
  readonly deadlines: Deadlines;
  readonly watch: DeadlineWatch;
}

/**
 * The connections to one server, and the requests that wait for one of them: first come, first
 * served. A connection serves whoever has waited longest, whoever it was made for.
 */
export class OriginPool implements Disposable {
  readonly #options: OriginPoolOptions;
  readonly #waiting = new WaitingRequests();
  /** Those that want a connection that nobody has used before. */
  readonly #waitingForNew = new WaitingRequests();
  /** The one used last is used next: what is not needed gets old, and is closed. */
  readonly #idle: Http1Connection[] = [];
  readonly #connecting = new Set<Disposable>();
  readonly #connections = new Set<Http1Connection>();
  #session: Http2Session | undefined;
  /** What the server speaks; undefined while that is not known. */
  #protocol: 'h2' | 'http/1.1' | undefined;
  #hasRefused = false;
  #isDisposed = false;

  constructor(options: OriginPoolOptions) {
    this.#options = options;
    if (!options.to.isSecure) this.#protocol = 'http/1.1';
  }

  /**
   * Sends a request as soon as there is a connection for it; `handler` is told the rest.
   * @param needsNew not on a kept connection: on those the server may have hung up
   */
  send(request: WireRequest, handler: ResponseHandler, needsNew: boolean): RequestControl {
    if (this.#session !== undefined && this.#session.room > 0) {
      return this.#session.send(request, handler);
    }
    const connection = needsNew ? undefined : this.#takeIdle();
    if (connection !== undefined) return connection.send(request, handler);
    const waiting = (needsNew ? this.#waitingForNew : this.#waiting).put(request, handler);
    if (this.#isDisposed) this.#failWaiting();
    else this.#connectMore();
    return waiting;
  }

  /** Closes every connection; what is under way fails, and what waits. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const link of this.#connecting) link[Symbol.dispose]();
    for (const connection of this.#connections) connection[Symbol.dispose]();
    this.#session?.[Symbol.dispose]();
    this.#failWaiting();
  }

  #failWaiting(): void {
    const closed = new ConnectionLostError('the client was closed');
    for (const queue of [this.#waitingForNew, this.#waiting]) queue.fail(closed);
  }

  #takeIdle(): Http1Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || !connection.isClosed) return connection;
    }
  }

  /** As many as there are requests for, and may be. */
  #connectMore(): void {
    const { to, connect } = this.#options;
    while (!this.#isDisposed && this.#connecting.size < this.#wanted) {
      if (this.#connecting.size + this.#connections.size >= this.#options.maxConnections) {
        // An idle one gives way: where there is one, who waits needs a new one. That brings us back here.
        this.#takeIdle()?.[Symbol.dispose]();
        return;
      }
      const underWay = connect(to, (result) => {
        this.#connecting.delete(underWay);
        if (result instanceof Error) this.#onRefused(result);
        else this.#onConnected(result);
      });
      this.#connecting.add(underWay);
    }
  }

  /** How many connections there is a use for, on top of those that there are. */
  get #wanted(): number {
    const waiting = this.#waiting.size + this.#waitingForNew.size;
    if (this.#protocol === 'http/1.1') return waiting;
    if (this.#session !== undefined) return 0;
    // Until one is there nobody knows whether it will do for all. It may never be: then each has its own.
    const isEachForItself = this.#protocol === undefined && this.#hasRefused;
    return isEachForItself ? waiting : Math.min(waiting, 1);
  }

  #onRefused(error: Error): void {
    this.#hasRefused = true;
    (this.#waitingForNew.take() ?? this.#waiting.take())?.fail(error);
    this.#connectMore();
  }

  #onConnected(link: Link): void {
    this.#protocol = speaksHttp2(link.socket) ? 'h2' : 'http/1.1';
    if (speaksHttp2(link.socket)) {
      this.#onHttp2(link, link.socket);
      return;
    }
    const connection = new Http1Connection(link, {
      watch: this.#options.watch,
      deadlines: this.#options.deadlines,
      onIdle: this.#onIdle,
      onClosed: this.#onClosed,
    });
    this.#connections.add(connection);
    const waiting = this.#waitingForNew.take();
    if (waiting === undefined) this.#onIdle(connection);
    else waiting.sendOn(connection);
    // Now that it is known what the server speaks.
    this.#connectMore();
  }

  #onHttp2(link: Link, socket: TLSSocket): void {
    if (this.#session !== undefined) {
      // One is enough for all.
      link[Symbol.dispose]();
      return;
    }
    link.release();
    const { to, watch, deadlines } = this.#options;
    const session: Http2Session = new Http2Session(socket, {
      origin: `https://${hostAndPort(to)}`,
      watch,
      deadlines,
      onRoom: () => this.#fill(session),
      onRetired: () => {
        this.#session = undefined;
        this.#connectMore();
      },
    });
    this.#session = session;
    this.#fill(session);
  }

  #fill(session: Http2Session): void {
    while (session.room > 0) {
      const waiting = this.#waitingForNew.take() ?? this.#waiting.take();
      if (waiting === undefined) return;
      waiting.sendOn(session);
    }
  }

  readonly #onIdle = (connection: Http1Connection): void => {
    // First those that need a new one: others would never let them have their turn.
    const needsNew = this.#waitingForNew.size > this.#connecting.size;
    const waiting = needsNew ? undefined : this.#waiting.take();
    if (waiting !== undefined) {
      waiting.sendOn(connection);
      return;
    }
    this.#idle.push(connection);
    this.#connectMore();
  };

  readonly #onClosed = (connection: Http1Connection): void => {
    this.#connections.delete(connection);
    this.#connectMore();
  };
}

function speaksHttp2(socket: Socket): socket is TLSSocket {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
}
