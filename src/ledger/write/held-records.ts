import { deserialize } from 'node:v8';
import type { RecordValue } from '../schema.ts';

/**
 * The records of rows whose files are in objects that are not published yet, by object. They are kept as
 * bytes outside of the heap: as values, V8 would go through all of them with each collection.
 */
export class HeldRecords {
  readonly #batches = new Map<string, Uint8Array[]>();

  /** @param values of one record after another, serialized */
  add(object: string, values: Uint8Array): void {
    const batches = this.#batches.get(object) ?? [];
    this.#batches.set(object, batches);
    batches.push(values);
  }

  /** Hands over what was added for an object, in that order. */
  *take(object: string): Generator<readonly RecordValue[], void> {
    const batches = this.#batches.get(object) ?? [];
    this.#batches.delete(object);
    for (const batch of batches) yield deserialize(batch);
  }
}
