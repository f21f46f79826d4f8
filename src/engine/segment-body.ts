import type { BodyWriter } from '../model/response.ts';
import type { DraftStretch } from '../save/sinks/sink.ts';

/** The body of a segment on its way into its stretch of the file, counted. */
export class SegmentBody implements BodyWriter {
  readonly #stretch: DraftStretch;
  readonly #on: { begin(): void; write(): void };
  #bytes = 0;

  /** @param on told when the head has come, and as bytes come */
  constructor(stretch: DraftStretch, on: { begin(): void; write(): void }) {
    this.#stretch = stretch;
    this.#on = on;
  }

  /** How many have come. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The head has been held against what was asked for: there is nothing more to learn of it. */
  begin(): void {
    this.#on.begin();
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#bytes += chunk.byteLength;
    this.#on.write();
    return this.#stretch.write(chunk);
  }
}
