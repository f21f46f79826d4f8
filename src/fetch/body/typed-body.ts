import type { BodyWriter, Part, ResponseHead } from '../../model/response.ts';
import type { AcceptedTypes } from '../accepted-types.ts';
import { SAMPLE_SIZE, sniffedType } from './sniffed-type.ts';

/**
 * Passes a body on, and checks its type by its first bytes once they are there: those of the part, where the body
 * goes on from one that an earlier run left. The rest of any other file is not checked: its beginning was.
 */
export class TypedBody implements BodyWriter {
  readonly #body: BodyWriter;
  readonly #accept: AcceptedTypes;
  readonly #part: Part | undefined;
  readonly #sample = Buffer.allocUnsafe(SAMPLE_SIZE);
  #bytes = 0;
  #contentType: string | undefined;
  #isChecked = false;
  /** Whether the body goes on from a part whose first bytes this run has not seen. */
  #isRest = false;

  /** @param part that the request goes on from */
  constructor(body: BodyWriter, accept: AcceptedTypes, part?: Part) {
    this.#body = body;
    this.#accept = accept;
    this.#part = part;
  }

  begin(head: ResponseHead): void {
    this.#bytes = 0;
    this.#contentType = head.contentType;
    this.#isRest = head.offset > 0 && this.#part?.beginning !== undefined;
    this.#isChecked = head.offset > 0 && !this.#isRest;
    this.#body.begin(head);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const full = this.#body.write(chunk);
    if (this.#isChecked) return full;
    if (this.#isRest) return this.#checkedBeside(full);
    const taken = chunk.subarray(0, SAMPLE_SIZE - this.#bytes);
    this.#sample.set(taken, this.#bytes);
    this.#bytes += taken.byteLength;
    if (this.#bytes < SAMPLE_SIZE) return full;
    return this.#checkedBeside(full);
  }

  /** Checks a file that is shorter than a sample. To be called once the whole body has come. */
  async end(): Promise<void> {
    if (this.#isChecked) return;
    this.#isChecked = true;
    const sample = this.#isRest
      ? await this.#part?.beginning?.(SAMPLE_SIZE)
      : this.#sample.subarray(0, this.#bytes);
    if (sample === undefined) return;
    const stated = this.#accept.typeOf(this.#contentType);
    this.#accept.checkContents(this.#contentType, await sniffedType(sample, stated));
  }
  #checkedBeside(full: Promise<void> | undefined): Promise<void> {
    return full === undefined ? this.end() : Promise.all([full, this.end()]).then(() => {});
  }
}
