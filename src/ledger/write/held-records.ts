import { deserialize } from 'node:v8';
import type { RecordValue } from '../schema.ts';

/**
 * The records of rows whose files are in objects that are not published yet, such as tar shards. They are
 * bytes outside of V8's heap: as values, each collection would go through all of them.
 */
export class HeldRecords {
  readonly #batches = new Map<string, Uint8Array[]>();

  /** @param values those of one record after another, serialized */
  add(object: string, values: Uint8Array): void {
    const batches = this.#batches.get(object) ?? [];
    this.#batches.set(object, batches);
    batches.push(values);
  }

  /** Removes what was added for an object, and yields the values of each batch, in the order of adding. */
  *take(object: string): Generator<readonly RecordValue[], void> {
    const batches = this.#batches.get(object) ?? [];
    this.#batches.delete(object);
    for (const batch of batches) yield deserialize(batch);
  }
}
