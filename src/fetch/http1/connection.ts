import { ConnectionLostError, DeadlineError } from '../../model/failure.ts';
import type { Deadlines } from '../http-options.ts';
import type { DeadlineWatch, Watched } from '../transport/deadline-watch.ts';
import { LinkedEntry } from '../transport/linked-list.ts';
import type { RequestControl, ResponseHandler, WireRequest } from '../transport/request.ts';
import { KEPT_IDLE, type Transport, type TransportListener } from '../transport/transport.ts';
import { afterPoll } from './after-poll.ts';
import { type Framing, keepAliveOf, keepsConnection } from './framing.ts';
import type { Head } from './head.ts';
import { requestText } from './request-text.ts';
import { ResponseReader } from './response-reader.ts';

/** What an {@link Http1Connection} goes by, and whom it tells. */
export interface Http1Options {
  readonly watch: DeadlineWatch;
  readonly deadlines: Pick<Deadlines, 'firstByte' | 'idle'>;
  /** It has nothing to do, and would take another request. */
  readonly onIdle: (connection: Http1Connection) => void;
  /** Its server ends bodies with the connection, and this one does not tell how that ends: others should. */
  readonly onUnseenEnd?: (() => void) | undefined;
  /** It is gone. Told once. */
  readonly onClosed: (connection: Http1Connection) => void;
}

const EMPTY = Buffer.alloc(0);

/** A server that closes an idle connection after so many ms has done so for us a second before. */
const ON_ITS_WAY = 1_000;

/** Longer than this an idle connection is not kept, whatever the server says, in ms. */
const LONGEST_IDLE = 600_000;

/**
 * A first request that goes out later than this, in ms, finds a connection that the server may have
 * given up by then, as one that was kept between two requests.
 */
const NEW_FOR = 1_000;

/** A connection of HTTP/1.1: one request after the other, each once the response before it is there. */
export class Http1Connection implements Watched, TransportListener, Disposable {
  readonly #transport: Transport;
  readonly #options: Http1Options;
  readonly #reader: ResponseReader;
  readonly #since: number;
  #active: ActiveRequest | undefined;
  #served = 0;
  #keeps = true;
  /** The server says nothing more. It may be that not all has been read that came before. */
  #hasEnded = false;
  #isClosed = false;
  #keptIdle = KEPT_IDLE;
  /** Came with what asked for a pause, or in it: a copy. */
  #rest = EMPTY;
  /** Its places among the idle connections: to its own origin, and to all. */
  readonly inOrigin = new LinkedEntry<Http1Connection>(this);
  readonly inAll = new LinkedEntry<Disposable>(this);
  due: number;

  constructor(transport: Transport, options: Http1Options) {
    this.#transport = transport;
    this.#options = options;
    this.#since = options.watch.now();
    this.due = this.#since + KEPT_IDLE;
    this.#reader = new ResponseReader({
      onHead: (head, framing) => this.#tellHead(head, framing),
      onData: (piece) => this.#tellData(piece),
    });
    transport.use(this);
    options.watch.add(this);
  }

  /** Whether it has been closed, by us or by the server. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Only while nothing else is under way. On a connection that has served others it is looked first whether
   * something came that was not asked for: it must not become this request's response.
   */
  send(request: WireRequest, handler: ResponseHandler): RequestControl {
    const active = new ActiveRequest(this, handler);
    this.#active = active;
    if (this.#served === 0) this.#write(active, request);
    else afterPoll(() => this.#write(active, request));
    return active;
  }

  #write(active: ActiveRequest, request: WireRequest): void {
    // It was given up, or the connection is gone.
    if (this.#active !== active) return;
    active.isSent = true;
    const { watch, deadlines } = this.#options;
    this.due = watch.dueIn(deadlines.firstByte);
    try {
      active.handler.onSent(this.#served > 0 || watch.now() - this.#since > NEW_FOR);
      this.#transport.socket.write(requestText(request), 'latin1');
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** See {@link RequestControl}. */
  abort(active: ActiveRequest): void {
    if (this.#active !== active) return;
    this.#active = undefined;
    this.#close();
  }

  pause(active: ActiveRequest): void {
    if (this.#active !== active || active.isPaused) return;
    active.isPaused = true;
    this.due = Number.POSITIVE_INFINITY;
    this.#transport.socket.pause();
  }

  resume(active: ActiveRequest): void {
    if (this.#active !== active || !active.isPaused) return;
    active.isPaused = false;
    this.due = this.#options.watch.dueIn(this.#options.deadlines.idle);
    const rest = this.#rest;
    this.#rest = EMPTY;
    this.#read(active, rest);
    if (this.#isClosed || this.#active?.isPaused === true) return;
    if (this.#hasEnded) this.#finish();
    // Also when that was all: the next request's response is to be read.
    else this.#transport.socket.resume();
  }

  /** Nothing came for too long; or, without a request, none did. */
  expire(): void {
    const active = this.#active;
    const { firstByte, idle } = this.#options.deadlines;
    if (active === undefined) this.#close();
    else
      this.#fail(
        active.hasHead
          ? new DeadlineError('timeout-idle', idle)
          : new DeadlineError('timeout-first-byte', firstByte),
      );
  }

  onBytes(bytes: Buffer): void {
    const active = this.#active;
    if (active === undefined) {
      // Without a request it is no response, whatever it is.
      this.#close();
    } else if (!active.isSent) {
      this.#fail(new ConnectionLostError('the server sent what was not asked for'));
    } else if (active.isPaused) {
      this.#rest = Buffer.concat([this.#rest, bytes]);
    } else {
      if (active.hasHead) this.due = this.#options.watch.dueIn(this.#options.deadlines.idle);
      this.#read(active, bytes);
    }
  }

  onLost(error: Error | undefined): void {
    if (error !== undefined) {
      this.#fail(error);
      return;
    }
    this.#hasEnded = true;
    // Over TLS what was read before a pause is told in it: the rest of the body, and the end.
    if (this.#active?.isPaused !== true) this.#finish();
  }

  /** Closes it; a request under way fails. */
  [Symbol.dispose](): void {
    // Most have no request, and an error takes its time to make.
    if (this.#active === undefined) this.#close();
    else this.#fail(new ConnectionLostError('the connection was closed'));
  }

  #read(active: ActiveRequest, bytes: Buffer): void {
    try {
      if (!active.isAnswered) {
        active.isAnswered = true;
        active.handler.onAnswer();
      }
      const read = this.#reader.read(bytes);
      if (this.#active !== active) return;
      if (active.isPaused) {
        this.#rest = Buffer.from(bytes.subarray(read));
      } else if (this.#reader.isDone) {
        // What was not asked for could pass for the next response.
        if (read < bytes.length || this.#reader.isOdd) this.#keeps = false;
        this.#end(active);
      }
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #tellHead(head: Head, framing: Framing): void {
    const active = this.#active;
    if (active === undefined) return;
    if (framing === 'until-close' && head.status < 300 && !this.#transport.tellsEnd) {
      this.#options.onUnseenEnd?.();
      throw new ConnectionLostError(
        'its body ends with the connection, whose end cannot be seen here',
        undefined,
        true,
      );
    }
    if (head.status >= 200) {
      active.hasHead = true;
      this.due = this.#options.watch.dueIn(this.#options.deadlines.idle);
      this.#keeps = keepsConnection(head);
      const hint = keepAliveOf(head);
      if (hint !== undefined) this.#keptIdle = Math.min(hint - ON_ITS_WAY, LONGEST_IDLE);
    }
    active.handler.onHead(head);
  }

  #tellData(piece: Uint8Array): boolean {
    const active = this.#active;
    // Given up by the one who was told of the head, or of the piece before.
    if (active === undefined) return false;
    active.handler.onData(piece);
    return !active.isPaused;
  }

  /** The server has closed the connection, and all has been read that came before. */
  #finish(): void {
    if (this.#reader.close()) this.#end(this.#active as ActiveRequest);
    else this.#fail(new ConnectionLostError('the server closed the connection'));
  }

  /** The response is whole. */
  #end(active: ActiveRequest): void {
    this.#active = undefined;
    this.#served++;
    this.#reader.reset();
    // Whatever the head says, nothing more can be asked for where the server has ended.
    const keeps = this.#keeps && !this.#hasEnded && this.#keptIdle > 0;
    if (keeps) this.due = this.#options.watch.now() + this.#keptIdle;
    else this.#close();
    active.end();
    if (keeps && !this.#isClosed) this.#options.onIdle(this);
  }

  #fail(error: Error): void {
    const active = this.#active;
    this.#active = undefined;
    this.#close();
    if (active === undefined) return;
    active.handler.onError(active.isSent ? error : neverSent(error));
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.watch.delete(this);
    this.#transport[Symbol.dispose]();
    this.#options.onClosed(this);
  }
}

/** The server never saw the request, so it may be sent again. */
function neverSent(error: Error): ConnectionLostError {
  return new ConnectionLostError(error.message, error, true);
}

/** One request on a connection. It may be over while the connection serves another. */
class ActiveRequest implements RequestControl {
  readonly #connection: Http1Connection;
  readonly handler: ResponseHandler;
  /** It is on its way to the server. */
  isSent = false;
  isAnswered = false;
  hasHead = false;
  isPaused = false;

  constructor(connection: Http1Connection, handler: ResponseHandler) {
    this.#connection = connection;
    this.handler = handler;
  }

  abort(): void {
    this.#connection.abort(this);
  }

  pause(): void {
    this.#connection.pause(this);
  }

  resume(): void {
    this.#connection.resume(this);
  }

  end(): void {
    try {
      this.handler.onEnd();
    } catch (error) {
      this.handler.onError(error as Error);
    }
  }
}
