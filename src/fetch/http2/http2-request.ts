import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import { ConnectionLostError, DeadlineError, ProtocolError } from '../../model/failure.ts';
import type { Deadlines } from '../http-options.ts';
import type { DeadlineWatch, Watched } from '../transport/deadline-watch.ts';
import type { RawHead, RequestControl, ResponseHandler } from '../transport/request.ts';

/** What {@link Http2Request}s go by, and whom they tell. */
export interface Http2RequestOptions {
  readonly watch: DeadlineWatch;
  readonly deadlines: Pick<Deadlines, 'firstByte' | 'idle'>;
  /** Something of a response has come. */
  readonly onHeard: () => void;
  /** The server asks for HTTP/1.1. Called before the handler. */
  readonly onHttp1Required: () => void;
  /** It is over, in one way or another. Told once, before its handler is. */
  readonly onOver: (active: Http2Request) => void;
}

type Head = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** RST_STREAM: it is not wanted any more (RFC 9113 section 7). */
const CANCEL = 8;

/** Of a frame: nothing follows on its stream (RFC 9113 section 6.2). */
const END_STREAM = 1;

/** One request over HTTP/2: a stream. */
export class Http2Request implements RequestControl, Watched {
  readonly #stream: ClientHttp2Stream;
  readonly #handler: ResponseHandler;
  readonly #options: Http2RequestOptions;
  #isAnswered = false;
  #hasHead = false;
  /** The server has said that nothing follows. */
  #isWhole = false;
  #isPaused = false;
  #isGone = false;
  #isOver = false;
  #isLate = false;
  due: number;

  /** @param stream just opened, without listeners */
  constructor(stream: ClientHttp2Stream, handler: ResponseHandler, options: Http2RequestOptions) {
    this.#stream = stream;
    this.#handler = handler;
    this.#options = options;
    this.due = options.watch.dueIn(options.deadlines.firstByte);
    options.watch.add(this);
    // Node ends a body alike when the stream was reset without an error, but has closed it by then. So
    // what was cut off would pass for whole wherever no length was announced.
    const { push } = stream;
    stream.push = (piece, encoding) => {
      if (piece === null && !stream.closed) this.#isWhole = true;
      return push.call(stream, piece, encoding);
    };
    stream.on('headers', (head: Head) => this.#tellHead(rawOf(head, [])));
    // The third one has all lines, of which Node keeps the first where there should be one.
    stream.on('response', (head, flags, lines: unknown = []) =>
      this.#onHead(rawOf(head, lines as readonly string[]), flags),
    );
    stream.on('error', (error) => {
      if (asksForHttp1(error)) options.onHttp1Required();
      this.#onGone(lossOf(error, this.#hasHead));
    });
    stream.on('close', () => this.#onGone());
  }

  /** It has ended since nothing came for too long. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** @param isKept whether its connection has served others before */
  begin(isKept: boolean): void {
    try {
      this.#handler.onSent(isKept);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  abort(): void {
    if (this.#end()) this.#reset();
  }

  pause(): void {
    if (this.#isOver || this.#isPaused) return;
    this.#isPaused = true;
    this.due = Number.POSITIVE_INFINITY;
    this.#stream.pause();
  }

  resume(): void {
    if (this.#isOver || !this.#isPaused) return;
    this.#isPaused = false;
    this.#progress();
    if (this.#isGone) this.#takeRest();
    else this.#stream.resume();
  }

  /** Nothing came for too long. */
  expire(): void {
    this.#isLate = true;
    const { firstByte, idle } = this.#options.deadlines;
    this.fail(
      this.#hasHead
        ? new DeadlineError('timeout-idle', idle)
        : new DeadlineError('timeout-first-byte', firstByte),
    );
  }

  /** Ends it, if it is not over yet. */
  fail(error: Error): void {
    if (!this.#end()) return;
    this.#reset();
    this.#handler.onError(error);
  }

  #onHead(head: RawHead, flags: number): void {
    if (this.#isOver) return;
    this.#hasHead = true;
    this.#progress();
    this.#tellHead(head);
    if (this.#isOver) return;
    if ((flags & END_STREAM) !== 0 && !this.#isPaused) {
      this.#succeed();
      return;
    }
    // Not before the head: Node tells of that a moment later than it has it. One that is paused stays so.
    this.#stream.on('data', (piece: Buffer) => this.#onData(piece));
    this.#stream.on('end', () => this.#onGone());
  }

  #onData(piece: Buffer): void {
    // Node goes on with what it holds of a stream that is destroyed by who is told of it.
    if (this.#isOver) return;
    this.#progress();
    this.#options.onHeard();
    try {
      this.#handler.onData(piece);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** Node tells nothing more of the stream, also when it is paused. */
  #onGone(error?: Error): void {
    if (this.#isOver) return;
    this.#isGone = true;
    // Without a head there was no response, whatever Node makes of it.
    if (this.#hasHead && this.#isWhole) this.#takeRest();
    else this.fail(error ?? resetBy(this.#stream));
  }

  /** Tells what Node has of a stream that is gone, unless it is paused. */
  #takeRest(): void {
    while (!this.#isOver && !this.#isPaused) {
      const piece: Buffer | null = this.#stream.read();
      if (piece === null) this.#succeed();
      else this.#onData(piece);
    }
  }

  #tellHead(head: RawHead): void {
    if (this.#isOver) return;
    this.#options.onHeard();
    try {
      if (!this.#isAnswered) {
        this.#isAnswered = true;
        this.#handler.onAnswer();
      }
      if (!this.#isOver) this.#handler.onHead(head);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  #progress(): void {
    if (this.#isPaused) return;
    const { watch, deadlines } = this.#options;
    this.due = watch.dueIn(this.#hasHead ? deadlines.idle : deadlines.firstByte);
  }

  #succeed(): void {
    if (!this.#end()) return;
    try {
      this.#handler.onEnd();
    } catch (error) {
      this.#handler.onError(error as Error);
    }
  }

  /** Tells the server that nothing more is wanted, and Node that nothing more is to be told. */
  #reset(): void {
    this.#stream.close(CANCEL);
    this.#stream.destroy();
  }

  /** @returns whether it was not over before */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#options.watch.delete(this);
    this.#options.onOver(this);
    return true;
  }
}

/** @param lines names and values in turn, as they came */
function rawOf(head: Head, lines: readonly string[]): RawHead {
  const status = Number(head[':status']);
  const headers: Record<string, string | string[] | undefined> = head;
  delete headers[':status'];
  if (headers[CODING] !== undefined) headers[CODING] = valuesOf(CODING, lines);
  return { status, statusText: undefined, headers };
}

/** Each of them was applied (RFC 9110 section 8.4). */
const CODING = 'content-encoding';

function valuesOf(name: string, lines: readonly string[]): string[] {
  return lines.filter((_, i) => i % 2 === 1 && lines[i - 1]?.toLowerCase() === name);
}

/** What Node says of a stream that was reset, or that a connection that ends has no room for any more. */
const LOST = new Set([
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_OUT_OF_STREAMS',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_STREAM_ERROR',
]);

/** RST_STREAM and GOAWAY: ask for it over HTTP/1.1 (RFC 9113 section 7). */
export const HTTP_1_1_REQUIRED = 13;

/** Whether a server resets a stream, or a connection, to ask for HTTP/1.1; Node gives the code as a word or a number. */
function asksForHttp1(error: Error): boolean {
  return /(?:NGHTTP2_HTTP_1_1_REQUIRED|code 13)$/.test(error.message);
}

/** An error of Node's as what it means for a request: most say that it may be sent again. */
function lossOf(error: Error, hasHead: boolean): Error {
  if (!hasHead && error.message.endsWith('NGHTTP2_PROTOCOL_ERROR')) {
    // Node has reset it itself, or the server did, to which a request made no sense.
    return new ProtocolError(`a head that makes no sense: ${error.message}`, { cause: error });
  }
  const isLoss = 'code' in error && typeof error.code === 'string' && LOST.has(error.code);
  const isRefused = error.message.endsWith('NGHTTP2_REFUSED_STREAM');
  const isUnprocessed = isRefused || (!hasHead && asksForHttp1(error));
  return isLoss ? new ConnectionLostError(error.message, error, isUnprocessed) : error;
}

/** Of a stream that ended before its response did, without an error of Node's (RFC 9113 section 8.1). */
function resetBy({ rstCode }: ClientHttp2Stream): ConnectionLostError {
  return new ConnectionLostError(
    `the stream was closed (code ${rstCode ?? 0}) before the response had ended`,
  );
}
