import { Suspension, Timer } from '../concurrency/index.ts';
import { ConnectionLostError, ProtocolError, TruncatedError } from '../model/failure.ts';
import { TooSmallError } from '../model/file-errors.ts';
import { reasonOf } from '../model/reason.ts';
import type { BodyMeter } from '../model/request-in-flight.ts';
import type { BodyWriter, Received, ResponseHead } from '../model/response.ts';
import { BodyDigests } from './body/body-digests.ts';
import { DecodedBody } from './body/decoded-body.ts';
import { type SpeedLimit, SpeedWatch } from './body/speed-watch.ts';
import type { ClassifiedResponse, Redirect } from './classify-response.ts';
import type { RawHead, RequestControl, ResponseHandler } from './transport/request.ts';

/** Options of an {@link Exchange}. */
export interface ExchangeOptions {
  /** Decides, by the head of the response, what to do with it. */
  readonly classify: (head: RawHead) => ClassifiedResponse;
  /** The longest file wanted, in bytes, decoded. */
  readonly maxSize: number;
  /** The shortest file accepted, in bytes, decoded. @default 0 */
  readonly minSize?: number | undefined;
  /** No certificate is checked. */
  readonly insecure?: boolean | undefined;
  /** The lowest speed of the body. @default any */
  readonly speed?: SpeedLimit | undefined;
  /** The offset in the file where the body must end, in bytes. @default the end of the file */
  readonly end?: number | undefined;
  /** When the wait for the file began, in ms as `performance.now()` counts: timings start here. */
  readonly since: number;
  /** Counts the bytes of the file as they come, before they are decoded. */
  readonly meter?: BodyMeter | undefined;
}

/**
 * An error page of up to this many bytes is read to its end, so that its connection can be kept: that
 * is cheaper than a new connection.
 */
const WORTH_DRAINING = 64 * 1024;

/** The longest wait for the end of an error page, in ms: some come byte by byte, or never end. */
const WORTH_WAITING = 1_000;

/**
 * The most interim responses before the real one. Each gives the server its full deadline again. Go's
 * client accepts five.
 */
const MOST_INTERIM = 10;

/** A response that carries the file. */
interface FileResponse {
  readonly head: ResponseHead;
  readonly announced: number;
  readonly decoded: DecodedBody;
  /** Checks the bytes as they were sent, before they are decoded. */
  readonly digests: BodyDigests | undefined;
  readonly firstByte: number;
}

/**
 * One request and its response, as a wait: the task that sent the request is suspended until the whole
 * body has come, or until it is clear that there is none. Cancelling the wait aborts the request.
 */
export class Exchange extends Suspension<Received | Redirect> implements ResponseHandler {
  readonly #body: BodyWriter;
  readonly #options: ExchangeOptions;
  #control: RequestControl | undefined;
  #isKept = false;
  #address: string | undefined;
  #sent = 0;
  #answered = false;
  #hasHead = false;
  #interim = 0;
  /** When the head of the response came; see {@link #elapsed}. */
  #headAt = 0;
  /** Bytes of the body, as it was sent. */
  #received = 0;
  #file: FileResponse | undefined;
  /** Ends the exchange when the response is not the file, once its body is out of the way. */
  #conclude: (() => void) | undefined;
  #watch: SpeedWatch | undefined;
  /** Fires when the body of a useless response has taken too long. */
  #patience: Timer | undefined;
  #isClosed = false;
  #isGivenUp = false;

  constructor(body: BodyWriter, options: ExchangeOptions) {
    super();
    this.#body = body;
    this.#options = options;
  }

  /**
   * Whether `error` says nothing about the request itself, so that it may be sent again. That is so when
   * the server says so, or on a connection that had served others: most likely the server had closed
   * it while it was idle, or still had something to say about an earlier request (RFC 9112 section 9.3.1).
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

  /** Whether the wait ended before the response did: sending the request is pointless then. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Takes the control of the request. To be called right after the request was dispatched. */
  steer(control: RequestControl): void {
    this.#control = control;
    // An event during the dispatch may have ended the wait already.
    if (this.#isGivenUp) control.abort();
  }

  onSent(isKept: boolean, address?: string): void {
    this.#address = address;
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
      // The real one follows (RFC 9110 section 15.2).
      if (++this.#interim <= MOST_INTERIM) return;
      this.#giveUp(new ProtocolError(`more than ${MOST_INTERIM} interim responses, and no other`));
      return;
    }
    this.#headAt = this.#elapsed();
    const response = this.#options.classify(raw);
    switch (response.kind) {
      case 'file':
        this.#takeFile(response, BodyDigests.of(raw));
        return;
      case 'redirect':
        this.#conclude = () => this.resume(response.redirect);
        break;
      case 'failure':
        this.#conclude = () => this.fail(response.error);
    }
    // A 304 states the length of a body that it does not have (RFC 9110 section 15.4.5).
    if (status !== 304 && Number(headers['content-length']) > WORTH_DRAINING) this.#breakOff();
    // Most such bodies arrive with their head, and need no timer.
    else setImmediate(() => this.#limitDraining());
  }

  onData(chunk: Uint8Array): void {
    this.#received += chunk.byteLength;
    this.#watch?.count(chunk.byteLength);
    if (this.#file === undefined) {
      if (this.#received > WORTH_DRAINING) this.#breakOff();
      return;
    }
    this.#options.meter?.add(chunk.byteLength);
    this.#file.digests?.update(chunk);
    const full = this.#file.decoded.write(chunk);
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
    const file = this.#file;
    if (file === undefined) {
      this.#conclude?.();
      return;
    }
    const { announced, decoded, digests } = file;
    if (!Number.isNaN(announced) && this.#received !== announced) {
      this.fail(new TruncatedError(announced, this.#received));
      return;
    }
    const wrong = digests?.mismatch();
    if (wrong !== undefined) {
      this.fail(wrong);
      return;
    }
    this.#watch?.[Symbol.dispose]();
    const rest = decoded.end();
    if (rest === undefined) this.#finish(file);
    else
      rest.then(
        () => this.#finish(file),
        (error: unknown) => this.fail(error),
      );
  }

  onError(error: Error): void {
    // The status of a response counts for more than how its error page ended.
    if (this.#conclude !== undefined) {
      this.#conclude();
      return;
    }
    const cutShort = this.#file !== undefined && reasonOf(error) === 'connection-lost';
    const announced = this.#file?.announced ?? Number.NaN;
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

  #takeFile(
    { head: classified, announced, codings }: ClassifiedResponse & { kind: 'file' },
    digests: BodyDigests | undefined,
  ): void {
    const { maxSize, speed, meter, insecure } = this.#options;
    const isUnchecked = insecure === true && classified.url.startsWith('https:');
    const came = { ...classified, address: this.#address };
    const head: ResponseHead = isUnchecked ? { ...came, insecure: true } : came;
    const { offset } = head;
    const whole = head.length ?? (Number.isNaN(announced) ? undefined : offset + announced);
    meter?.begin(offset, whole);
    const options = { codings, offset, announced, maxSize };
    const decoded = new DecodedBody(this.#body, options, (error) => this.#giveUp(error));
    this.#file = { head, announced, decoded, digests, firstByte: this.#headAt };
    this.#body.begin(head);
    if (speed !== undefined) this.#watch = new SpeedWatch(speed, (error) => this.#giveUp(error));
  }

  /** Ends the wait once the whole body has been taken. */
  #finish({ head, decoded, firstByte }: FileResponse): void {
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
      this.resume(note === undefined ? { head, bytes, timings } : { head, bytes, timings, note });
    }
  }

  /** Ends the exchange as the head decided, without the rest of the body. */
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
    if (this.#isClosed || this.#file !== undefined) return;
    this.#patience = new Timer(WORTH_WAITING, () => this.#breakOff());
  }

  #close(): void {
    this.#isClosed = true;
    this.#patience?.clear();
    this.#watch?.[Symbol.dispose]();
    this.#file?.decoded[Symbol.dispose]();
  }

  /** Milliseconds since the wait for the file began. */
  #elapsed(): number {
    return performance.now() - this.#options.since;
  }
}
