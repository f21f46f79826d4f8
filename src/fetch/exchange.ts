import { Suspension } from '../concurrency/suspension.ts';
import { Timer } from '../concurrency/timer.ts';
import {
  ConnectionLostError,
  ProtocolError,
  TooSmallError,
  TruncatedError,
} from '../model/failure.ts';
import { reasonOf } from '../model/reason.ts';
import type { BodyWriter, Received, ResponseHead } from '../model/response.ts';
import { BodyDigests } from './body/body-digests.ts';
import { DecodedBody } from './body/decoded-body.ts';
import { type SpeedLimit, SpeedWatch } from './body/speed-watch.ts';
import type { ClassifiedResponse, Redirect } from './classify-response.ts';
import type { RawHead, RequestControl, ResponseHandler } from './transport/request.ts';

/** What an {@link Exchange} goes by. */
export interface ExchangeOptions {
  /** Looks at the head of the response. */
  readonly classify: (head: RawHead) => ClassifiedResponse;
  /** The longest file wanted, in bytes, decoded. */
  readonly maxSize: number;
  /** The shortest file accepted, in bytes, decoded. @default 0 */
  readonly minSize?: number | undefined;
  readonly speed?: SpeedLimit | undefined;
  /** Where in the file the body is to end, in bytes; by default where the file does. */
  readonly end?: number | undefined;
  /** When the wait for the file began, as `performance.now()` has it: timings count from there. */
  readonly since: number;
}

/** Bodies of error pages are read to their end up to here: cheaper than a new connection. */
const WORTH_DRAINING = 64 * 1024;

/** And for so long, in ms: a server may send them byte by byte, or leave their end open. */
const WORTH_WAITING = 1_000;

/** Each gives a server as much time again for the next response. Go's client takes five. */
const MOST_INTERIM = 10;

/** A response that carries the file. */
interface Taken {
  readonly head: ResponseHead;
  readonly announced: number;
  readonly decoded: DecodedBody;
  /** Held against what comes, before it is decoded. */
  readonly digests: BodyDigests | undefined;
  readonly firstByte: number;
}

/**
 * One request and its response, as a wait: the task that made it is suspended until the body has
 * come whole, or it is clear that there is none. Giving the wait up aborts the request.
 */
export class Exchange extends Suspension<Received | Redirect> implements ResponseHandler {
  readonly #body: BodyWriter;
  readonly #options: ExchangeOptions;
  #control: RequestControl | undefined;
  #isKept = false;
  #sent = 0;
  #answered = false;
  #hasHead = false;
  #interim = 0;
  /** When the head of the response was there, as {@link #elapsed} has it. */
  #headAt = 0;
  /** Of the body, as it came. */
  #received = 0;
  #taken: Taken | undefined;
  /** How this ends when the answer is no file, once its body is out of the way. */
  #conclude: (() => void) | undefined;
  #watch: SpeedWatch | undefined;
  /** Until the body of a response that is of no use is given up. */
  #patience: Timer | undefined;
  #isClosed = false;
  #isGivenUp = false;

  constructor(body: BodyWriter, options: ExchangeOptions) {
    super();
    this.#body = body;
    this.#options = options;
  }

  /**
   * Whether `error` says nothing about the request, so that it may be sent again. Of a connection that
   * had served others before: most likely the server had closed it while it was idle, or had something
   * left to say of the request before (RFC 9112 section 9.3.1). Or the server says so itself.
   */
  mayBeSentAgain(error: unknown): boolean {
    const isUnprocessed = error instanceof ConnectionLostError && error.isUnprocessed;
    if (isUnprocessed) return !this.#hasHead;
    if (!this.#isKept) return false;
    const reason = reasonOf(error);
    return (
      (reason === 'connection-lost' && !this.#answered) || (reason === 'protocol' && !this.#hasHead)
    );
  }

  /** Whether it has ended before the response did: there is no use in sending it. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** What it is steered by. To be called once it is on its way. */
  steer(control: RequestControl): void {
    this.#control = control;
    // An event on the way ended it.
    if (this.#isGivenUp) control.abort();
  }

  onSent(isKept: boolean): void {
    this.#isKept = isKept;
    this.#sent = this.#elapsed();
  }

  onAnswer(): void {
    this.#answered = true;
  }

  onHead(raw: RawHead): void {
    const { status, headers } = raw;
    this.#hasHead = true;
    if (status < 200) {
      this.#passOver();
      return;
    }
    this.#headAt = this.#elapsed();
    const response = this.#options.classify(raw);
    switch (response.kind) {
      case 'file':
        this.#take(response, BodyDigests.of(raw));
        return;
      case 'redirect':
        this.#conclude = () => this.resume(response.redirect);
        break;
      case 'failure':
        this.#conclude = () => this.fail(response.error);
    }
    // A 304 tells the length of a body that it does not have (RFC 9110 section 15.4.5).
    if (status !== 304 && Number(headers['content-length']) > WORTH_DRAINING) this.#breakOff();
    // Most bodies of that kind have come with their head.
    else setImmediate(() => this.#limitDraining());
  }

  onData(chunk: Uint8Array): void {
    this.#received += chunk.byteLength;
    this.#watch?.count(chunk.byteLength);
    if (this.#taken === undefined) {
      if (this.#received > WORTH_DRAINING) this.#breakOff();
      return;
    }
    this.#taken.digests?.update(chunk);
    const full = this.#taken.decoded.write(chunk);
    if (full === undefined) return;
    this.#control?.pause();
    this.#watch?.hold();
    full.then(
      () => {
        this.#watch?.release();
        this.#control?.resume();
      },
      (error: unknown) => this.#giveUp(error),
    );
  }

  onEnd(): void {
    if (this.#taken === undefined) {
      this.#conclude?.();
      return;
    }
    const { announced, decoded, digests } = this.#taken;
    if (!Number.isNaN(announced) && this.#received !== announced) {
      this.fail(new TruncatedError(announced, this.#received));
      return;
    }
    const wrong = digests?.mismatch();
    if (wrong !== undefined) {
      this.fail(wrong);
      return;
    }
    this.#unwatch();
    const rest = decoded.end();
    if (rest === undefined) this.#finish(this.#taken);
    else rest.then(this.#finish.bind(this, this.#taken), (error: unknown) => this.fail(error));
  }

  onError(error: Error): void {
    // What the server answered counts for more than how its error page ended.
    if (this.#conclude !== undefined) {
      this.#conclude();
      return;
    }
    const cutShort = this.#taken !== undefined && reasonOf(error) === 'connection-lost';
    const announced = this.#taken?.announced ?? Number.NaN;
    this.fail(cutShort ? new TruncatedError(announced, this.#received, error) : error);
  }

  override resume(value: Received | Redirect): void {
    this.#close();
    super.resume(value);
  }

  override fail(error: unknown): void {
    this.#close();
    super.fail(error);
  }

  protected override abandon(): void {
    this.#close();
    this.#abort();
  }

  /** An interim response: the real one follows (RFC 9110 section 15.2). */
  #passOver(): void {
    this.#interim++;
    if (this.#interim > MOST_INTERIM) {
      this.#giveUp(new ProtocolError(`more than ${MOST_INTERIM} interim responses, and no other`));
    }
  }

  #take(
    { head, announced, codings }: ClassifiedResponse & { kind: 'file' },
    digests: BodyDigests | undefined,
  ): void {
    const { maxSize, speed } = this.#options;
    const { offset } = head;
    const options = { codings, offset, announced, maxSize };
    const decoded = new DecodedBody(this.#body, options, this.#giveUp.bind(this));
    this.#taken = { head, announced, decoded, digests, firstByte: this.#headAt };
    this.#body.begin(head);
    if (speed !== undefined) this.#watch = new SpeedWatch(speed, this.#giveUp.bind(this));
  }

  /** All of the body was taken. */
  #finish({ head, decoded, firstByte }: Taken): void {
    const { bytes, note } = decoded;
    const { end: segmentEnd, minSize = 0 } = this.#options;
    const end = segmentEnd ?? head.length;
    const reached = head.offset + bytes;
    if (end !== undefined && reached !== end) {
      // A server may send less than the rest of the file, and say so.
      this.fail(new TruncatedError(end, reached, undefined, reached < end));
    } else if (segmentEnd === undefined && reached < minSize) {
      this.fail(new TooSmallError(minSize, reached));
    } else {
      const timings = { sent: this.#sent, firstByte, end: this.#elapsed() };
      this.resume({ head, bytes, timings, ...(note === undefined ? {} : { note }) });
    }
  }

  /** What is clear is clear, whatever may follow. */
  #breakOff(): void {
    this.#conclude?.();
    this.#abort();
  }

  #giveUp(error: unknown): void {
    this.fail(error);
    this.#abort();
  }

  #abort(): void {
    this.#isGivenUp = true;
    this.#control?.abort();
  }

  #limitDraining(): void {
    if (this.#isClosed || this.#taken !== undefined) return;
    this.#patience = new Timer(WORTH_WAITING, () => this.#breakOff());
  }

  #close(): void {
    this.#isClosed = true;
    this.#patience?.clear();
    this.#unwatch();
    this.#taken?.decoded[Symbol.dispose]();
  }

  #unwatch(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }

  #elapsed(): number {
    return performance.now() - this.#options.since;
  }
}
