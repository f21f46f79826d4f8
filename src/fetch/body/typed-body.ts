import type { BodyWriter, ResponseHead } from '../../model/response.ts';
import type { AcceptedTypes } from '../accepted-types.ts';
import { SAMPLE_SIZE, sniffedType } from './sniffed-type.ts';

/**
 * Passes a body on, and checks its type by its first bytes once they are there. The rest of a file is
 * not checked: its beginning was.
 */
export class TypedBody implements BodyWriter {
  readonly #body: BodyWriter;
  readonly #accept: AcceptedTypes;
  readonly #sample = Buffer.allocUnsafe(SAMPLE_SIZE);
  #bytes = 0;
  #contentType: string | undefined;
  #isChecked = false;

  constructor(body: BodyWriter, accept: AcceptedTypes) {
    this.#body = body;
    this.#accept = accept;
  }

  begin(head: ResponseHead): void {
    this.#bytes = 0;
    this.#contentType = head.contentType;
    this.#isChecked = head.offset > 0;
    this.#body.begin(head);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const full = this.#body.write(chunk);
    if (this.#isChecked) return full;
    const taken = chunk.subarray(0, SAMPLE_SIZE - this.#bytes);
    this.#sample.set(taken, this.#bytes);
    this.#bytes += taken.byteLength;
    if (this.#bytes < SAMPLE_SIZE) return full;
    return full === undefined ? this.end() : Promise.all([full, this.end()]).then(() => {});
  }

  /** Checks a file that is shorter than a sample. To be called once the whole body has come. */
  async end(): Promise<void> {
    if (this.#isChecked) return;
    this.#isChecked = true;
    const sample = this.#sample.subarray(0, this.#bytes);
    const stated = this.#accept.typeOf(this.#contentType);
    this.#accept.checkContents(this.#contentType, await sniffedType(sample, stated));
  }
}
