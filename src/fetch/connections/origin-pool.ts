import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Suspension } from '../../concurrency/suspension.ts';
import { ConnectionLostError } from '../../model/failure.ts';
import type { OpenOptions } from '../../model/response.ts';
import type { Deadlines } from '../http-options.ts';
import { Http1Connection } from '../http1/connection.ts';
import { Http2Session } from '../http2/http2-session.ts';
import type { Connect } from '../transport/connector.ts';
import type { DeadlineWatch } from '../transport/deadline-watch.ts';
import { type Destination, hostAndPort } from '../transport/destination.ts';
import { LinkedList } from '../transport/linked-list.ts';
import type { RequestControl, ResponseHandler, WireRequest } from '../transport/request.ts';
import type { Transport } from '../transport/transport.ts';
import { ConnectionAttempt } from './connection-attempt.ts';
import type { OpenConnections } from './open-connections.ts';
import { WaitingRequests } from './waiting-requests.ts';

/** What a server chooses when HTTP/2 is offered; unknown while it was not. `h2-only`: it has no HTTP/1.1. */
export type Protocol = 'h2' | 'h2-only' | 'http/1.1' | 'unknown';

/** What an {@link OriginPool} goes by. */
export interface OriginPoolOptions {
  readonly to: Destination;
  readonly connect: Connect;
  readonly maxConnections: number;
  readonly deadlines: Deadlines;
  readonly watch: DeadlineWatch;
  /** Those of all origins. */
  readonly connections: OpenConnections;
  /** How many requests there have to be until HTTP/2 is offered. */
  readonly http2From: number;
  /** What is remembered of an earlier pool that could reach the server. */
  readonly protocol?: Protocol | undefined;
  /** As {@link OriginPool.observesEnd} was. @default false */
  readonly observesEnd?: boolean | undefined;
  /** There is neither a connection nor a request any more. Told each time. */
  readonly onEmpty: (pool: OriginPool) => void;
}

/**
 * The connections to one server, and the requests that wait for one of them: first come, first
 * served. A new connection serves the request that has waited longest, not the one it was made for.
 */
export class OriginPool implements Disposable {
  readonly #options: OriginPoolOptions;
  readonly #waiting = new WaitingRequests();
  /** Those that must not go out on a connection that was used before. */
  readonly #waitingForNew = new WaitingRequests();
  /** Waits until there is any connection. */
  readonly #openings = new Set<Opening>();
  /** The one used last is used next: what is not needed gets old, and is closed. */
  readonly #idle = new LinkedList<Http1Connection>();
  readonly #attempts = new Set<ConnectionAttempt>();
  /** The attempt that offers HTTP/2: until it is known what comes of it no other one does. */
  #offer: ConnectionAttempt | undefined;
  readonly #connections = new Set<Http1Connection>();
  /** Takes requests. */
  #session: Http2Session | undefined;
  /** That one, and those that take no more but still serve some. */
  readonly #sessions = new Set<Http2Session>();
  #protocol: Protocol;
  /** A connection was made, and none has failed since while there was no other. */
  #isReachable: boolean;
  /** Rows that are still to send their requests. */
  #expected: () => number = none;
  /** Bodies end with the connection: the end of new ones is observed. */
  #observesEnd: boolean;
  #isReleased = false;
  #isDisposed = false;

  constructor(options: OriginPoolOptions) {
    this.#options = options;
    this.#isReachable = options.protocol !== undefined;
    this.#observesEnd = options.observesEnd ?? false;
    this.#protocol = options.to.isSecure ? (options.protocol ?? 'unknown') : 'http/1.1';
  }

  /** What the server answers when HTTP/2 is offered; undefined when it could not be reached last. */
  get protocol(): Protocol | undefined {
    return this.#isReachable ? this.#protocol : undefined;
  }

  /** Whether connections are made so that they tell how they end: its bodies end with them. */
  get observesEnd(): boolean {
    return this.#observesEnd;
  }

  /** Whether no row needs this origin, as far as is known. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** See `Open` of `model/response.ts`. */
  open({ signal, expected }: OpenOptions): Promise<void> | undefined {
    this.#isReleased = false;
    this.#expected = expected;
    if (this.#isReachable || this.#hasConnection) return undefined;
    const opening = new Opening(this.#onAbandoned);
    this.#openings.add(opening);
    const opened = opening.begin(signal);
    if (this.#isDisposed) this.#failWaiting(closed());
    else this.#connectMore();
    return opened;
  }

  /**
   * Sends a request as soon as there is a connection for it; `handler` is told the rest.
   * @param needsNew not on a kept connection: on those the server may have hung up
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
    else this.#connectMore();
    return waiting;
  }

  /** Closes what is idle, now and as it becomes so, until another request comes. */
  release(): void {
    this.#isReleased = true;
    while (this.#closeIdle()) {}
    const session = this.#session;
    if (session?.isIdle) session[Symbol.dispose]();
    if (!this.#isNeeded) this.#giveUpAttempts();
    this.#checkEmpty();
  }

  /** Closes every connection; what is under way fails, and what waits. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#giveUpAttempts();
    for (const connection of this.#connections) connection[Symbol.dispose]();
    for (const session of this.#sessions) session[Symbol.dispose]();
    this.#failWaiting(closed());
  }

  #failWaiting(error: Error): void {
    for (const queue of [this.#waitingForNew, this.#waiting]) queue.fail(error);
    for (const opening of this.#openings) opening.fail(error);
    this.#openings.clear();
  }

  /** The one used last. */
  #takeIdle(): Http1Connection | undefined {
    const entry = this.#idle.last;
    if (entry === undefined) return undefined;
    this.#idle.remove(entry);
    this.#options.connections.becameBusy(entry.value.inAll);
    return entry.value;
  }

  /** @returns whether there was one */
  #closeIdle(): boolean {
    const connection = this.#idle.first?.value;
    connection?.[Symbol.dispose]();
    return connection !== undefined;
  }

  /** As many as there are requests for, and may be. */
  #connectMore(): void {
    while (!this.#isDisposed && this.#attempts.size < this.#wanted) {
      if (this.#attempts.size + this.#connections.size >= this.#options.maxConnections) {
        // An idle one gives way: where there is one, a request needs a new one. That brings us back here.
        this.#closeIdle();
        return;
      }
      const attempt = this.#newAttempt();
      this.#attempts.add(attempt);
      attempt.begin();
    }
  }

  #newAttempt(): ConnectionAttempt {
    const { to, connect, connections, watch, deadlines } = this.#options;
    const attempt: ConnectionAttempt = new ConnectionAttempt({
      connections,
      connect: (done) =>
        connect(this.#observesEnd ? { ...to, observesEnd: true } : to, done, () =>
          this.#offersHttp2(attempt),
        ),
      isNeeded: () => this.#isNeeded,
      isReachable: () => this.#isReachable,
      timeout: deadlines.connect,
      now: watch.now,
      onDone: this.#onAttempt,
    });
    return attempt;
  }

  get #hasConnection(): boolean {
    return this.#connections.size > 0 || this.#session !== undefined;
  }

  /** How many requests wait for a connection. */
  get #demand(): number {
    return this.#waiting.size + this.#waitingForNew.size;
  }

  get #isNeeded(): boolean {
    return this.#demand > 0 || this.#openings.size > 0;
  }

  /** How many attempts there is a use for. */
  get #wanted(): number {
    if (this.#session !== undefined) return 0;
    const openings = this.#openings.size > 0 ? 1 : 0;
    const wanted = Math.max(this.#demand, openings);
    // Over HTTP/2 one will do for all.
    return wanted > 1 && this.#http2Pays ? 1 : wanted;
  }

  /** Whether HTTP/2 is to be offered on the next connection. */
  get #http2Pays(): boolean {
    if (this.#protocol === 'http/1.1') return false;
    if (this.#protocol === 'h2-only') return true;
    const requests = this.#demand + this.#expected();
    const { http2From, maxConnections } = this.#options;
    return requests >= http2From && requests < HTTP2_TO_PER_CONNECTION * maxConnections;
  }

  /** Asked by `attempt` when it is about to say what we speak. */
  #offersHttp2(attempt: ConnectionAttempt): boolean {
    const isOffered = this.#offer !== undefined || this.#session !== undefined;
    if (isOffered || !this.#http2Pays) return false;
    this.#offer = attempt;
    return true;
  }

  readonly #onAbandoned = (opening: Opening): void => {
    this.#openings.delete(opening);
    if (!this.#isNeeded) this.#giveUpAttempts();
    this.#checkEmpty();
  };

  #giveUpAttempts(): void {
    for (const attempt of this.#attempts) attempt[Symbol.dispose]();
    this.#attempts.clear();
    this.#offer = undefined;
  }

  readonly #onAttempt = (
    attempt: ConnectionAttempt,
    result: Transport | Error | undefined,
  ): void => {
    this.#attempts.delete(attempt);
    const hasOffered = this.#offer === attempt;
    if (hasOffered) this.#offer = undefined;
    if (result === undefined) this.#connectMore();
    else if (result instanceof Error) this.#onRefused(result, hasOffered);
    else this.#onConnected(result, hasOffered);
    this.#checkEmpty();
  };

  /**
   * One request fails with the attempt. Where it was the last one under way, and there is no connection, all
   * that wait do: the next attempts would tell each of them the same, one after the other.
   */
  #onRefused(error: Error, hasOffered: boolean): void {
    if (refusesHttp1(error) && !hasOffered && this.#protocol === 'unknown') {
      this.#protocol = 'h2-only';
      this.#connectMore();
      return;
    }
    if (!this.#hasConnection && this.#attempts.size === 0) {
      this.#isReachable = false;
      this.#failWaiting(error);
      return;
    }
    (this.#waitingForNew.take() ?? this.#waiting.take())?.fail(error);
    if (this.#hasConnection) this.#connectMore();
  }

  #onConnected(transport: Transport, hasOffered: boolean): void {
    this.#isReachable = true;
    for (const opening of this.#openings) opening.resume();
    this.#openings.clear();
    const { socket } = transport;
    if (speaksHttp2(socket)) {
      if (this.#protocol === 'unknown') this.#protocol = 'h2';
      this.#onHttp2(transport, socket);
      return;
    }
    if (hasOffered) this.#protocol = 'http/1.1';
    const connection = new Http1Connection(transport, {
      watch: this.#options.watch,
      deadlines: this.#options.deadlines,
      onIdle: this.#onIdle,
      onUnseenEnd: () => {
        this.#observesEnd = true;
      },
      onClosed: this.#onClosed,
    });
    this.#connections.add(connection);
    const waiting = this.#waitingForNew.take();
    if (waiting === undefined) this.#onIdle(connection);
    else waiting.sendOn(connection);
    // It may be known only now that one will not do for all.
    this.#connectMore();
  }

  #onHttp2(transport: Transport, socket: TLSSocket): void {
    transport.release();
    const { to, watch, deadlines, connections } = this.#options;
    const session: Http2Session = new Http2Session(socket, {
      origin: `https://${hostAndPort(to)}`,
      watch,
      deadlines,
      onRoom: () => this.#fill(session),
      onIdle: () => {
        if (this.#isReleased) session[Symbol.dispose]();
        else connections.becameIdle(session.entry);
      },
      onHttp1Required: () => {
        this.#protocol = 'http/1.1';
      },
      onRetired: () => {
        connections.becameBusy(session.entry);
        this.#session = undefined;
        this.#connectMore();
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
    // First those that need a new one: others would never let them have their turn.
    const needsNew = this.#waitingForNew.size > this.#attempts.size;
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
    this.#connectMore();
  };

  readonly #onClosed = (connection: Http1Connection): void => {
    this.#idle.remove(connection.inOrigin);
    this.#options.connections.becameBusy(connection.inAll);
    this.#connections.delete(connection);
    this.#options.connections.leave();
    this.#connectMore();
    this.#checkEmpty();
  };

  #checkEmpty(): void {
    const isEmpty =
      !this.#isNeeded &&
      this.#connections.size === 0 &&
      this.#sessions.size === 0 &&
      this.#attempts.size === 0;
    if (isEmpty && !this.#isDisposed) this.#options.onEmpty(this);
  }
}

function none(): number {
  return 0;
}

function closed(): Error {
  return new ConnectionLostError('the client was closed');
}

function speaksHttp2(socket: Socket): socket is TLSSocket {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
}

/** The server has no HTTP/1.1, and nothing else was offered (RFC 7301 section 3.2). */
function refusesHttp1(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
}

/**
 * Requests that an origin must have, waiting or to come, until HTTP/2 is offered to it. A TLS connection
 * takes 1.3 ms of CPU, loading `node:http2` 10 ms and 5 MB once. With 200 origins at once 2 rows of each take
 * 3.2 ms over HTTP/2 and 3.5 over HTTP/1.1, 4 take 3.0 and 8.1 (`bench/http2-pays.ts`).
 */
export const HTTP2_FROM = 4;

/**
 * With so many requests for each connection that there may be, HTTP/1.1 is offered alone: a request takes some
 * 110 µs less of CPU there than in `node:http2`, which is a connection's 1.3 ms after 12 of them.
 */
const HTTP2_TO_PER_CONNECTION = 16;

/** A wait until an origin can be reached. It says when it is given up. */
export class Opening extends Suspension<void> {
  readonly #onAbandoned: (opening: Opening) => void;

  constructor(onAbandoned: (opening: Opening) => void) {
    super();
    this.#onAbandoned = onAbandoned;
  }

  protected override abandon(): void {
    this.#onAbandoned(this);
  }
}
