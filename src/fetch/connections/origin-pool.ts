import type { TLSSocket } from 'node:tls';
import { ConnectionLostError } from '../../model/failure.ts';
import type { OpenOptions } from '../../model/response.ts';
import type { Deadlines } from '../http-options.ts';
import { Http1Connection } from '../http1/connection.ts';
import { Http2Session } from '../http2/http2-session.ts';
import { hostAndPort } from '../transport/destination.ts';
import { LinkedList } from '../transport/linked-list.ts';
import type { RequestControl, ResponseHandler, WireRequest } from '../transport/request.ts';
import type { Transport } from '../transport/transport.ts';
import {
  type ConnectionDemand,
  OriginConnector,
  type OriginConnectorOptions,
  type Protocol,
} from './origin-connector.ts';
import { OpenWait, WaitingRequests } from './waiting-requests.ts';

/** Options of an {@link OriginPool}. */
export interface OriginPoolOptions extends OriginConnectorOptions {
  readonly deadlines: Deadlines;
  /** Called each time when neither a connection nor a request is left. */
  readonly onEmpty: (pool: OriginPool) => void;
}

/**
 * The connections to one server, and the requests that wait for one of them: first come, first
 * served. A new connection serves the request that has waited longest, not the one it was made for.
 */
export class OriginPool implements Disposable {
  readonly #options: OriginPoolOptions;
  readonly #connector: OriginConnector;
  readonly #waiting = new WaitingRequests();
  /** Requests that must not go out on a kept connection. */
  readonly #waitingForNew = new WaitingRequests();
  /** Calls of {@link open} that wait for any connection. */
  readonly #openWaits = new Set<OpenWait>();
  /** The connection used last is used next, so that those not needed grow old and are closed. */
  readonly #idle = new LinkedList<Http1Connection>();
  readonly #connections = new Set<Http1Connection>();
  /** The HTTP/2 connection that takes requests. */
  #session: Http2Session | undefined;
  /** That one, and those that take no more requests but still serve some. */
  readonly #sessions = new Set<Http2Session>();
  /** How many requests the rows of this origin are still to send. */
  #expected: () => number = () => 0;
  #isReleased = false;
  #isDisposed = false;

  constructor(options: OriginPoolOptions) {
    this.#options = options;
    this.#connector = new OriginConnector(options, this.#demand());
  }

  /** What the server chooses when HTTP/2 is offered; undefined when it could not be reached last. */
  get protocol(): Protocol | undefined {
    return this.#connector.isReachable ? this.#connector.protocol : undefined;
  }

  /** Whether connections report how they end: the server's bodies end with them. */
  get observesEnd(): boolean {
    return this.#connector.observesEnd;
  }

  /** Whether no row that was read so far needs this origin. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** See `Open` of `model/response.ts`. */
  open({ signal, expected }: OpenOptions): Promise<void> | undefined {
    this.#isReleased = false;
    this.#expected = expected;
    if (this.#connector.isReachable || this.#hasConnection) return undefined;
    const wait = new OpenWait(this.#onAbandoned);
    this.#openWaits.add(wait);
    const opened = wait.begin(signal);
    if (this.#isDisposed) this.#failWaiting(closed());
    else this.#connector.connectMore();
    return opened;
  }

  /**
   * Sends a request as soon as there is a connection for it. What comes of it is reported to `handler`.
   * @param needsNew whether to avoid kept connections: on those, the server may have hung up
   */
  send(request: WireRequest, handler: ResponseHandler, needsNew: boolean): RequestControl {
    this.#isReleased = false;
    if (this.#session !== undefined && this.#session.room > 0) {
      this.#options.connections.becameBusy(this.#session.entry);
      return this.#session.send(request, handler);
    }
    const connection = needsNew ? undefined : this.#takeIdle();
    if (connection !== undefined) return connection.send(request, handler);
    const waiting = (needsNew ? this.#waitingForNew : this.#waiting).put(request, handler);
    if (this.#isDisposed) this.#failWaiting(closed());
    else this.#connector.connectMore();
    return waiting;
  }

  /** Closes idle connections, now and whenever one becomes idle, until another request comes. */
  release(): void {
    this.#isReleased = true;
    while (this.#closeIdle()) {}
    const session = this.#session;
    if (session?.isIdle) session[Symbol.dispose]();
    if (!this.#isNeeded) this.#connector.giveUp();
    this.#checkEmpty();
  }

  /** Closes every connection. Requests fail, those that wait as well as those under way. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#connector[Symbol.dispose]();
    for (const connection of this.#connections) connection[Symbol.dispose]();
    for (const session of this.#sessions) session[Symbol.dispose]();
    this.#failWaiting(closed());
  }

  /** This pool, as its connector sees it. */
  #demand(): ConnectionDemand {
    return {
      waiting: () => this.#waiting.size + this.#waitingForNew.size,
      isNeeded: () => this.#isNeeded,
      expected: () => this.#expected(),
      open: () => this.#connections.size,
      hasSession: () => this.#session !== undefined,
      closeIdle: () => void this.#closeIdle(),
      onConnected: (transport, secure) => this.#onConnected(transport, secure),
      onFailed: (error) => this.#onFailed(error),
      onAttemptOver: () => this.#checkEmpty(),
    };
  }

  get #hasConnection(): boolean {
    return this.#connections.size > 0 || this.#session !== undefined;
  }

  get #isNeeded(): boolean {
    return this.#waiting.size > 0 || this.#waitingForNew.size > 0 || this.#openWaits.size > 0;
  }

  #failWaiting(error: Error): void {
    for (const queue of [this.#waitingForNew, this.#waiting]) queue.fail(error);
    for (const wait of this.#openWaits) wait.fail(error);
    this.#openWaits.clear();
  }

  #takeIdle(): Http1Connection | undefined {
    const entry = this.#idle.last;
    if (entry === undefined) return undefined;
    this.#idle.remove(entry);
    this.#options.connections.becameBusy(entry.value.inAll);
    return entry.value;
  }

  /** @returns whether a connection was idle */
  #closeIdle(): boolean {
    const connection = this.#idle.first?.value;
    connection?.[Symbol.dispose]();
    return connection !== undefined;
  }

  readonly #onAbandoned = (wait: OpenWait): void => {
    this.#openWaits.delete(wait);
    if (!this.#isNeeded) this.#connector.giveUp();
    this.#checkEmpty();
  };

  /**
   * One request fails with the attempt. If that was the last attempt under way, and there is no
   * connection, all waiting requests fail: further attempts would fail for each of them in turn.
   */
  #onFailed(error: Error): void {
    if (!this.#hasConnection && this.#connector.size === 0) {
      this.#failWaiting(error);
      return;
    }
    (this.#waitingForNew.take() ?? this.#waiting.take())?.fail(error);
    if (this.#hasConnection) this.#connector.connectMore();
  }

  #onConnected(transport: Transport, secure: TLSSocket | undefined): void {
    for (const wait of this.#openWaits) wait.resume();
    this.#openWaits.clear();
    if (secure !== undefined) {
      transport.release();
      this.#addSession(secure, transport.address);
      return;
    }
    const { socket } = transport;
    const hasChosen = !('alpnProtocol' in socket) || socket.alpnProtocol !== false;
    const connection = new Http1Connection(transport, {
      watch: this.#options.watch,
      deadlines: this.#options.deadlines,
      onIdle: this.#onIdle,
      onUnseenEnd: () => this.#connector.observeEnd(),
      onUnanswered: () => !hasChosen && this.#connector.suspectHttp2(),
      onClosed: this.#onClosed,
    });
    this.#connections.add(connection);
    const waiting = this.#waitingForNew.take();
    if (waiting === undefined) this.#onIdle(connection);
    else waiting.sendOn(connection);
    // Only now may it be known that one connection will not do for all requests.
    this.#connector.connectMore();
  }

  #addSession(socket: TLSSocket, address: string | undefined): void {
    const { to, watch, deadlines, connections } = this.#options;
    const session: Http2Session = new Http2Session(socket, {
      origin: `https://${hostAndPort(to)}`,
      watch,
      deadlines,
      address,
      onRoom: () => this.#fill(session),
      onIdle: () => {
        if (this.#isReleased) session[Symbol.dispose]();
        else connections.becameIdle(session.entry);
      },
      onHttp1Required: () => this.#connector.requireHttp1(),
      onRetired: () => {
        connections.becameBusy(session.entry);
        this.#session = undefined;
        this.#connector.connectMore();
      },
      onClosed: () => {
        this.#sessions.delete(session);
        connections.leave();
        this.#checkEmpty();
      },
    });
    this.#session = session;
    this.#sessions.add(session);
    this.#fill(session);
    if (session.isIdle) connections.becameIdle(session.entry);
  }

  #fill(session: Http2Session): void {
    while (session.room > 0) {
      const waiting = this.#waitingForNew.take() ?? this.#waiting.take();
      if (waiting === undefined) return;
      this.#options.connections.becameBusy(session.entry);
      waiting.sendOn(session);
    }
  }

  readonly #onIdle = (connection: Http1Connection): void => {
    // A request that needs a new connection goes first, or others would keep it waiting for ever.
    const needsNew = this.#waitingForNew.size > this.#connector.size;
    const waiting = needsNew ? undefined : this.#waiting.take();
    if (waiting !== undefined) {
      waiting.sendOn(connection);
      return;
    }
    if (this.#isReleased) {
      connection[Symbol.dispose]();
      return;
    }
    this.#idle.append(connection.inOrigin);
    this.#options.connections.becameIdle(connection.inAll);
    this.#connector.connectMore();
  };

  readonly #onClosed = (connection: Http1Connection): void => {
    this.#idle.remove(connection.inOrigin);
    this.#options.connections.becameBusy(connection.inAll);
    this.#connections.delete(connection);
    this.#options.connections.leave();
    this.#connector.connectMore();
    this.#checkEmpty();
  };

  #checkEmpty(): void {
    const isEmpty =
      !this.#isNeeded &&
      this.#connections.size === 0 &&
      this.#sessions.size === 0 &&
      this.#connector.size === 0;
    if (isEmpty && !this.#isDisposed) this.#options.onEmpty(this);
  }
}

function closed(): Error {
  return new ConnectionLostError('the client was closed');
}
