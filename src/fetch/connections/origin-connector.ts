import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errorCode } from '../../model/error-code.ts';
import type { Deadlines } from '../http-options.ts';
import type { Connect } from '../transport/connector.ts';
import type { DeadlineWatch } from '../transport/deadline-watch.ts';
import type { Destination } from '../transport/destination.ts';
import type { Transport } from '../transport/transport.ts';
import { ConnectionAttempt, type OpenConnections } from './open-connections.ts';

/**
 * What a server chooses when HTTP/2 is offered; `unknown` until it was offered. `h2-only`: it refuses
 * HTTP/1.1.
 */
export type Protocol = 'h2' | 'h2-only' | 'http/1.1' | 'unknown';

/** How connections to an origin are made. */
export interface OriginConnectorOptions {
  readonly to: Destination;
  readonly connect: Connect;
  /** To this origin, at a time. */
  readonly maxConnections: number;
  readonly deadlines: Pick<Deadlines, 'connect'>;
  readonly watch: DeadlineWatch;
  /** The connections to all origins. */
  readonly connections: OpenConnections;
  /** How many requests the origin must have before HTTP/2 is offered. */
  readonly http2From: number;
  /** What an earlier pool learned of the server. @default nothing, the server was never reached */
  readonly protocol?: Protocol | undefined;
  /** As {@link OriginConnector.observesEnd} was. @default false */
  readonly observesEnd?: boolean | undefined;
}

/** The pool that an {@link OriginConnector} makes connections for. */
export interface ConnectionDemand {
  /** Requests that wait for a connection. */
  waiting(): number;
  /** Whether a request, or a call of `open()`, waits for a connection. */
  isNeeded(): boolean;
  /** Requests that are still to be sent, beside those that wait. */
  expected(): number;
  /** Open connections of HTTP/1.1. */
  open(): number;
  /** Whether a connection of HTTP/2 takes requests. */
  hasSession(): boolean;
  /** The limit of connections is reached: an idle one has to go before another can be made. */
  closeIdle(): void;
  /** @param secure the socket, where the server chose HTTP/2 */
  onConnected(transport: Transport, secure: TLSSocket | undefined): void;
  onFailed(error: Error): void;
  /** Called after every attempt, whatever came of it. */
  onAttemptOver(): void;
}

/**
 * From so many requests of an origin on, waiting or to come, HTTP/2 is offered to it. A TLS connection
 * takes 1.3 ms of CPU, loading `node:http2` 10 ms and 5 MB once. With 200 origins at once, 2 rows of each
 * take 3.2 ms over HTTP/2 and 3.5 over HTTP/1.1; 4 rows take 3.0 and 8.1 (`bench/http2-pays.ts`).
 */
export const HTTP2_FROM = 4;

/**
 * With so many requests for each connection that may be open, only HTTP/1.1 is offered: a request takes
 * some 110 µs less of CPU than in `node:http2`, which makes up for the 1.3 ms of a connection after 12.
 */
const HTTP2_TO_PER_CONNECTION = 16;

/**
 * Makes the connections that an origin needs: one for each waiting request, up to the limit, or a single
 * one where HTTP/2 will serve them all. One attempt at a time offers HTTP/2; the others wait for its answer.
 */
export class OriginConnector implements Disposable {
  readonly #options: OriginConnectorOptions;
  readonly #demand: ConnectionDemand;
  readonly #attempts = new Set<ConnectionAttempt>();
  /** The attempt that offers HTTP/2. */
  #offering: ConnectionAttempt | undefined;
  #protocol: Protocol;
  #isReachable: boolean;
  #observesEnd: boolean;
  #isDisposed = false;

  constructor(options: OriginConnectorOptions, demand: ConnectionDemand) {
    this.#options = options;
    this.#demand = demand;
    this.#isReachable = options.protocol !== undefined;
    this.#observesEnd = options.observesEnd ?? false;
    this.#protocol = options.to.isSecure ? (options.protocol ?? 'unknown') : 'http/1.1';
  }

  /** Attempts under way. */
  get size(): number {
    return this.#attempts.size;
  }

  get protocol(): Protocol {
    return this.#protocol;
  }

  /** Whether a connection was made, and none has failed since while there was no other. */
  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** Whether new connections report how they end: the server's bodies end with them. */
  get observesEnd(): boolean {
    return this.#observesEnd;
  }

  /** Has new connections report how they end. */
  observeEnd(): void {
    this.#observesEnd = true;
  }

  /** The server asked for HTTP/1.1: HTTP/2 is not offered again. */
  requireHttp1(): void {
    this.#protocol = 'http/1.1';
  }

  /**
   * The server closed a connection of HTTP/1.1 that it had chosen no protocol for, without an answer: HTTP/2
   * is offered next, as it may have no other.
   * @returns false when the server is known to have HTTP/1.1
   */
  suspectHttp2(): boolean {
    if (this.#protocol === 'unknown') this.#protocol = 'h2-only';
    return this.#protocol === 'h2-only';
  }

  /** Begins as many attempts as are needed and allowed. */
  connectMore(): void {
    const { maxConnections } = this.#options;
    while (!this.#isDisposed && this.#attempts.size < this.#wanted) {
      if (this.#attempts.size + this.#demand.open() >= maxConnections) {
        // Where one is idle, a request needs a new connection. Closing it brings us back here.
        this.#demand.closeIdle();
        return;
      }
      const attempt = this.#newAttempt();
      this.#attempts.add(attempt);
      attempt.begin();
    }
  }

  /** Gives up all attempts, without a word to the pool. */
  giveUp(): void {
    for (const attempt of this.#attempts) attempt[Symbol.dispose]();
    this.#attempts.clear();
    this.#offering = undefined;
  }

  /** Gives up all attempts; no other is made. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.giveUp();
  }

  #newAttempt(): ConnectionAttempt {
    const { to, connect, connections, watch, deadlines } = this.#options;
    const attempt: ConnectionAttempt = new ConnectionAttempt({
      connections,
      connect: (done) =>
        connect(this.#observesEnd ? { ...to, observesEnd: true } : to, done, () =>
          this.#offersHttp2(attempt),
        ),
      isNeeded: () => this.#demand.isNeeded(),
      isReachable: () => this.#isReachable,
      timeout: deadlines.connect,
      now: watch.now,
      onDone: this.#onAttempt,
    });
    return attempt;
  }

  /** How many attempts there is a use for. */
  get #wanted(): number {
    if (this.#demand.hasSession()) return 0;
    const wanted = Math.max(this.#demand.waiting(), this.#demand.isNeeded() ? 1 : 0);
    // A single connection of HTTP/2 serves all requests.
    return wanted > 1 && this.#http2Pays ? 1 : wanted;
  }

  get #http2Pays(): boolean {
    if (this.#protocol === 'http/1.1') return false;
    if (this.#protocol === 'h2-only') return true;
    const requests = this.#demand.waiting() + this.#demand.expected();
    const { http2From, maxConnections } = this.#options;
    return requests >= http2From && requests < HTTP2_TO_PER_CONNECTION * maxConnections;
  }

  /** Called when the TLS handshake of `attempt` begins. @returns whether it offers HTTP/2 */
  #offersHttp2(attempt: ConnectionAttempt): boolean {
    const isOffered = this.#offering !== undefined || this.#demand.hasSession();
    if (isOffered || !this.#http2Pays) return false;
    this.#offering = attempt;
    return true;
  }

  readonly #onAttempt = (
    attempt: ConnectionAttempt,
    result: Transport | Error | undefined,
  ): void => {
    this.#attempts.delete(attempt);
    const hasOffered = this.#offering === attempt;
    if (hasOffered) this.#offering = undefined;
    if (result === undefined) this.connectMore();
    else if (result instanceof Error) this.#onFailed(result, hasOffered);
    else this.#onConnected(result, hasOffered);
    this.#demand.onAttemptOver();
  };

  #onFailed(error: Error, hasOffered: boolean): void {
    if (refusesHttp1(error) && !hasOffered && this.#protocol === 'unknown') {
      this.#protocol = 'h2-only';
      this.connectMore();
      return;
    }
    const hasConnection = this.#demand.open() > 0 || this.#demand.hasSession();
    if (!hasConnection && this.#attempts.size === 0) this.#isReachable = false;
    this.#demand.onFailed(error);
  }

  #onConnected(transport: Transport, hasOffered: boolean): void {
    this.#isReachable = true;
    const { socket } = transport;
    if (speaksHttp2(socket)) {
      if (this.#protocol === 'unknown') this.#protocol = 'h2';
      this.#demand.onConnected(transport, socket);
    } else {
      if (hasOffered) this.#protocol = 'http/1.1';
      this.#demand.onConnected(transport, undefined);
    }
  }
}

function speaksHttp2(socket: Socket): socket is TLSSocket {
  return 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
}

/** Whether the server has no HTTP/1.1, and nothing else was offered (RFC 7301 section 3.2). */
function refusesHttp1(error: Error): boolean {
  return errorCode(error) === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
}
