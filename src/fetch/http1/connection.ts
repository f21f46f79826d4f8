import { ConnectionLostError, DeadlineError } from '../../model/failure.ts';
import { reasonOf } from '../../model/reason.ts';
import type { Deadlines } from '../http-options.ts';
import type { DeadlineWatch, Watched } from '../transport/deadline-watch.ts';
import { LinkedEntry } from '../transport/linked-list.ts';
import type { RequestControl, ResponseHandler, WireRequest } from '../transport/request.ts';
import { KEPT_IDLE, type Transport, type TransportListener } from '../transport/transport.ts';
import { ActiveRequest } from './active-request.ts';
import { afterPoll } from './after-poll.ts';
import { type Framing, keepAliveOf, keepsConnection } from './framing.ts';
import type { Head } from './head.ts';
import { requestText } from './request-text.ts';
import { ResponseReader } from './response-reader.ts';

/** Options of an {@link Http1Connection}. */
export interface Http1Options {
  readonly watch: DeadlineWatch;
  readonly deadlines: Pick<Deadlines, 'firstByte' | 'idle'>;
  /** Called when it has nothing to do, and would take another request. */
  readonly onIdle: (connection: Http1Connection) => void;
  /**
   * Called when the server's bodies end with the connection, and this one cannot tell how it ended:
   * further connections should.
   */
  readonly onUnseenEnd?: (() => void) | undefined;
  /**
   * Called when the server closes it without having sent anything.
   * @returns whether the server may have no HTTP/1.1, so that the request may be sent again
   */
  readonly onUnanswered?: (() => boolean) | undefined;
  /** Called once, when it is closed. */
  readonly onClosed: (connection: Http1Connection) => void;
}

const EMPTY = Buffer.alloc(0);

/** A connection is given up this long before the server says that it will close it, in ms. */
const ON_ITS_WAY = 1_000;

/** The longest that an idle connection is kept, whatever the server says, in ms. */
const LONGEST_IDLE = 600_000;

/**
 * A first request that goes out later than this, in ms, counts as one on a kept connection: the
 * server may have given the connection up by then.
 */
const NEW_FOR = 1_000;

/** A connection of HTTP/1.1: one request at a time. */
export class Http1Connection implements Watched, TransportListener, Disposable {
  readonly #transport: Transport;
  readonly #options: Http1Options;
  readonly #reader: ResponseReader;
  readonly #since: number;
  #active: ActiveRequest | undefined;
  #served = 0;
  #keeps = true;
  /** Whether the server has ended the connection. What came before may not have been read yet. */
  #hasEnded = false;
  #isClosed = false;
  #keptIdle = KEPT_IDLE;
  /** A copy of the bytes that came with, or during, a pause. */
  #rest = EMPTY;
  /** Its entries in the lists of idle connections: of its origin, and of all origins. */
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
   * Sends a request. To be called only while no other is under way. On a kept connection, what
   * arrived unasked is read first: it must not become the response to this request.
   */
  send(request: WireRequest, handler: ResponseHandler): RequestControl {
    const active = new ActiveRequest(this, handler);
    this.#active = active;
    if (this.#served === 0) this.#write(active, request);
    else afterPoll(() => this.#write(active, request));
    return active;
  }

  #write(active: ActiveRequest, request: WireRequest): void {
    // It was aborted, or the connection is closed.
    if (this.#active !== active) return;
    active.isSent = true;
    const { watch, deadlines } = this.#options;
    this.due = watch.dueIn(deadlines.firstByte);
    try {
      const isKept = this.#served > 0 || watch.now() - this.#since > NEW_FOR;
      active.handler.onSent(isKept, this.#transport.address);
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
    // Also after the end of the response: the next one is to be read.
    else this.#transport.socket.resume();
  }

  /** A deadline has passed: of the request, or of an idle connection. */
  expire(): void {
    const active = this.#active;
    const { firstByte, idle } = this.#options.deadlines;
    if (active === undefined) this.#close();
    else if (active.hasHead) this.#fail(new DeadlineError('timeout-idle', idle));
    else this.#fail(new DeadlineError('timeout-first-byte', firstByte));
  }

  onBytes(bytes: Buffer): void {
    const active = this.#active;
    if (active === undefined) {
      // Without a request this cannot be a response.
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
    // Over TLS, data that was read before a pause arrives during it: the rest of the body, and the end.
    if (this.#active?.isPaused !== true) this.#finish();
  }

  /** Closes the connection; a request under way fails. */
  [Symbol.dispose](): void {
    // Most connections are idle then, and making an error takes time.
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
        // Anything that follows unasked could pass for the next response.
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
    // The handler aborted the request when it got the head, or the piece before.
    if (active === undefined) return false;
    active.handler.onData(piece);
    return !active.isPaused;
  }

  /** The server has closed the connection, and everything before that was read. */
  #finish(): void {
    const active = this.#active;
    if (active !== undefined && this.#reader.close()) this.#end(active);
    else this.#fail(new ConnectionLostError(`the server closed the connection${this.#perhapsTls}`));
  }

  /** Servers for https close such connections without a word. */
  get #perhapsTls(): string {
    const isMute = this.#served === 0 && this.#active?.isAnswered === false;
    const isPlain = !('encrypted' in this.#transport.socket);
    return isMute && isPlain
      ? ' without an answer; if it speaks TLS at this port, try https://'
      : '';
  }

  /** The response is complete. */
  #end(active: ActiveRequest): void {
    this.#active = undefined;
    this.#served++;
    this.#reader.reset();
    // No more requests can be sent where the server has ended, whatever the head says.
    const keeps = this.#keeps && !this.#hasEnded && this.#keptIdle > 0;
    if (keeps) this.due = this.#options.watch.now() + this.#keptIdle;
    else this.#close();
    active.end();
    if (keeps && !this.#isClosed) this.#options.onIdle(this);
  }

  #fail(error: Error): void {
    const active = this.#active;
    this.#active = undefined;
    const isRefused = active?.isAnswered !== true && this.#isRefused(error);
    const isUnprocessed = active?.isSent !== true || isRefused;
    this.#close();
    active?.handler.onError(isUnprocessed ? unprocessed(error) : error);
  }

  /** Whether the server closed the connection at once, since it has no HTTP/1.1. */
  #isRefused(error: Error): boolean {
    if (this.#served > 0 || reasonOf(error) !== 'connection-lost') return false;
    return this.#options.onUnanswered?.() === true;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.watch.delete(this);
    this.#transport[Symbol.dispose]();
    this.#options.onClosed(this);
  }
}

/** The server did not process the request, so it may be sent again. */
function unprocessed(error: Error): ConnectionLostError {
  return new ConnectionLostError(error.message, error, true);
}
