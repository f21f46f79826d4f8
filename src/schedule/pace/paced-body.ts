import { Timer } from '../../concurrency/index.ts';
import type { BodyWriter, ResponseHead } from '../../model/response.ts';
import type { TokenBucket } from './token-bucket.ts';

/** A body that is taken no faster than a token for each byte comes in. Bodies may share a bucket. */
export class PacedBody implements BodyWriter, Disposable {
  readonly #body: BodyWriter;
  readonly #bytes: TokenBucket;
  #timer: Timer | undefined;

  constructor(body: BodyWriter, bytes: TokenBucket) {
    this.#body = body;
    this.#bytes = bytes;
  }

  begin(head: ResponseHead): void {
    this.#body.begin(head);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const written = this.#body.write(chunk);
    const wait = this.#bytes.take(chunk.byteLength);
    if (wait === 0) return written;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#timer?.clear();
    this.#timer = new Timer(wait, resolve);
    return written === undefined ? promise : Promise.all([written, promise]).then(() => undefined);
  }

  /** Ends a wait for tokens, whose timer would keep the process alive. */
  [Symbol.dispose](): void {
    this.#timer?.clear();
  }
}
