import type {
  RawHead,
  RequestControl,
  ResponseHandler,
} from '../../src/fetch/transport/request.ts';

/** A response handler that records its calls. */
export class RecordingHandler implements ResponseHandler {
  /** The calls in order. Consecutive pieces of the body count as one. */
  readonly events: string[] = [];
  readonly heads: RawHead[] = [];
  control: RequestControl | undefined;
  isKept: boolean | undefined;
  body = '';
  error: Error | undefined;
  readonly #over = Promise.withResolvers<void>();

  /** Settles when the request is over. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  onSent(isKept: boolean): void {
    this.isKept = isKept;
    this.events.push('sent');
  }

  onAnswer(): void {
    this.events.push('answer');
  }

  onHead(head: RawHead): void {
    this.heads.push(head);
    this.events.push(String(head.status));
  }

  onData(piece: Uint8Array): void {
    this.body += Buffer.from(piece).toString('latin1');
    if (this.events.at(-1) !== 'data') this.events.push('data');
  }

  onEnd(): void {
    this.events.push('end');
    this.#over.resolve();
  }

  onError(error: Error): void {
    this.error = error;
    this.events.push('error');
    this.#over.resolve();
  }
}

/** Pauses the response at given lengths of the body. */
export class PausingHandler extends RecordingHandler {
  readonly #at: Set<number>;

  constructor(...at: number[]) {
    super();
    this.#at = new Set(at);
  }

  override onData(piece: Uint8Array): void {
    super.onData(piece);
    if (this.#at.delete(this.body.length)) this.control?.pause();
  }
}
