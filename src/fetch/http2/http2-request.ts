import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import { errorCode } from '../../model/error-code.ts';
import { ConnectionLostError, DeadlineError, ProtocolError } from '../../model/failure.ts';
import type { Deadlines } from '../http-options.ts';
import type { DeadlineWatch, Watched } from '../transport/deadline-watch.ts';
import type { RawHead, RequestControl, ResponseHandler } from '../transport/request.ts';

/** Options of {@link Http2Request}s. */
export interface Http2RequestOptions {
  readonly watch: DeadlineWatch;
  readonly deadlines: Pick<Deadlines, 'firstByte' | 'idle'>;
  /** See {@link ResponseHandler.onSent}. */
  readonly address?: string | undefined;
  /** Called when anything of a response has come. */
  readonly onHeard: () => void;
  /** Called when the server asks for HTTP/1.1, before the handler is. */
  readonly onHttp1Required: () => void;
  /** Called once, when the request is over in any way, before the handler is. */
  readonly onOver: (active: Http2Request) => void;
}

type Head = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** RST_STREAM: the stream is not needed any more (RFC 9113 section 7). */
const CANCEL = 8;

/** The flag of the last frame of a stream (RFC 9113 section 6.2). */
const END_STREAM = 1;

/** One request over HTTP/2: a stream. */
export class Http2Request implements RequestControl, Watched {
  readonly #stream: ClientHttp2Stream;
  readonly #handler: ResponseHandler;
  readonly #options: Http2RequestOptions;
  #isAnswered = false;
  #hasHead = false;
  /** Whether the server has ended the stream. */
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
    // Node also ends a body when the stream was reset without an error, and only `closed` at this very
    // moment tells the two apart: it is set in both cases by the time of `end`. Without this, a truncated
    // body would pass for complete where no length was announced. There is no event for it.
    const { push } = stream;
    stream.push = (piece, encoding) => {
      if (piece === null && !stream.closed) this.#isWhole = true;
      return push.call(stream, piece, encoding);
    };
    stream.on('headers', (head: Head) => this.#tellHead(rawOf(head, [])));
    // The third argument has all lines. Of some fields Node keeps the first value only.
    stream.on('response', (head, flags, lines: unknown = []) =>
      this.#onHead(rawOf(head, lines as readonly string[]), flags),
    );
    stream.on('error', (error) => {
      if (asksForHttp1(error)) options.onHttp1Required();
      this.#onGone(requestErrorOf(error, this.#hasHead));
    });
    stream.on('close', () => this.#onGone());
  }

  /** Whether it failed since nothing came for too long. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** @param isKept whether its connection has served others before */
  begin(isKept: boolean): void {
    try {
      this.#handler.onSent(isKept, this.#options.address);
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

  /** A deadline has passed. */
  expire(): void {
    this.#isLate = true;
    const { firstByte, idle } = this.#options.deadlines;
    this.fail(
      this.#hasHead
        ? new DeadlineError('timeout-idle', idle)
        : new DeadlineError('timeout-first-byte', firstByte),
    );
  }

  /** Fails the request, unless it is over. */
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
    // Added only now, since Node reports data before the head. A paused stream stays paused.
    this.#stream.on('data', (piece: Buffer) => this.#onData(piece));
    this.#stream.on('end', () => this.#onGone());
  }

  #onData(piece: Buffer): void {
    // Node may go on with what it holds of a stream that a listener has destroyed.
    if (this.#isOver) return;
    this.#progress();
    this.#options.onHeard();
    try {
      this.#handler.onData(piece);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** The stream has ended or closed, possibly during a pause. */
  #onGone(error?: Error): void {
    if (this.#isOver) return;
    this.#isGone = true;
    // Without a head there was no response, even if the stream ended properly.
    if (this.#hasHead && this.#isWhole) this.#takeRest();
    else this.fail(error ?? streamClosedError(this.#stream));
  }

  /** Passes on what Node still holds of a closed stream, unless paused. */
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

  /** Resets the stream, and has Node report nothing more. */
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

/** @param lines the header lines as they came: names and values in turn */
function rawOf(head: Head, lines: readonly string[]): RawHead {
  const status = Number(head[':status']);
  const headers: Record<string, string | string[] | undefined> = head;
  delete headers[':status'];
  if (headers[CODING] !== undefined) headers[CODING] = valuesOf(CODING, lines);
  return { status, statusText: undefined, headers };
}

/** Every value counts: each coding was applied (RFC 9110 section 8.4). */
const CODING = 'content-encoding';

function valuesOf(name: string, lines: readonly string[]): string[] {
  return lines.filter((_, i) => i % 2 === 1 && lines[i - 1]?.toLowerCase() === name);
}

/** Node's codes for a stream that was reset, or that a closing connection does not accept. */
const LOST = new Set([
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_OUT_OF_STREAMS',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_STREAM_ERROR',
]);

/** RST_STREAM and GOAWAY: use HTTP/1.1 instead (RFC 9113 section 7). */
export const HTTP_1_1_REQUIRED = 13;

/** Whether a server asks for HTTP/1.1. Node names the code in a message, as a word or a number. */
function asksForHttp1(error: Error): boolean {
  return /(?:NGHTTP2_HTTP_1_1_REQUIRED|code 13)$/.test(error.message);
}

/** Translates an error of Node's: after most of them, the request may be sent again. */
function requestErrorOf(error: Error, hasHead: boolean): Error {
  if (!hasHead && error.message.endsWith('NGHTTP2_PROTOCOL_ERROR')) {
    // Node reset the stream itself; or the server did, since it did not understand the request.
    return new ProtocolError(`a head that makes no sense: ${error.message}`, { cause: error });
  }
  const isLoss = LOST.has(errorCode(error) ?? '');
  const isRefused = error.message.endsWith('NGHTTP2_REFUSED_STREAM');
  const isUnprocessed = isRefused || (!hasHead && asksForHttp1(error));
  return isLoss ? new ConnectionLostError(error.message, error, isUnprocessed) : error;
}

/**
 * The error for a stream that ended before its response, without an error of Node's (RFC 9113 section 8.1).
 */
function streamClosedError({ rstCode }: ClientHttp2Stream): ConnectionLostError {
  return new ConnectionLostError(
    `the stream was closed (code ${rstCode ?? 0}) before the response had ended`,
  );
}
