import { serialize } from 'node:v8';
import { COLUMNS, CONFIRM_VALUES, type RecordValue } from '../schema.ts';
import type { IdRange } from './places.ts';
import type { Mark } from './row-register.ts';
import type { Batch } from './writer-messages.ts';

/**
 * Collects what is written at once: the places of rows that were read, the records of rows that ended, and
 * loads.
 */
export class RecordBatch implements Batch {
  /** The values of records, one after another: sending an array for each would take twice the time. */
  readonly values: RecordValue[] = [];
  /** The same of rows that are held, by the object that their files are in. */
  readonly #held = new Map<string, RecordValue[]>();
  /** The objects whose held rows are recorded now. */
  readonly published: string[] = [];
  /** Where in the list rows are: the numbers of {@link IdRange}s, one after another. */
  readonly places: number[] = [];
  /** How busy the run was: the numbers of {@link Load}s, one after another. */
  readonly loads: number[] = [];
  /** Done rows whose files were found to have the right contents: {@link CONFIRM}'s values, flat. */
  readonly confirmed: RecordValue[] = [];
  /** The marks of the rows that are new in the ledger. */
  readonly marks: Mark[] = [];

  /** The values of the rows that are held for an object, to add to. */
  heldFor(object: string): RecordValue[] {
    const values = this.#held.get(object) ?? [];
    this.#held.set(object, values);
    return values;
  }

  /** The values of the rows that are held, by object, as the thread keeps them: serialized. */
  get held(): Map<string, Uint8Array> {
    return new Map(Array.from(this.#held, ([object, values]) => [object, serialize(values)]));
  }

  /** How full it is: the number of its records, or of anything else in it, whichever is largest. */
  get size(): number {
    const { values, published, places, loads, confirmed } = this;
    let records = values.length;
    for (const held of this.#held.values()) records += held.length;
    return Math.max(
      records / COLUMNS.length,
      published.length,
      places.length / 3,
      loads.length / 3,
      confirmed.length / CONFIRM_VALUES,
    );
  }

  /** Notes that the row with this id is at `index` in the list. */
  see(id: number, index: number): void {
    const { places } = this;
    const at = places.length - 3;
    const [first = 0, last, start = 0] = at < 0 ? [] : places.slice(at);
    if (last === id - 1 && index - start === id - first) places[at + 1] = id;
    else places.push(id, id, index);
  }
}

/** The id ranges that {@link RecordBatch.see} collected. */
export function* idRangesOf(places: readonly number[]): Generator<IdRange, void> {
  for (let at = 0; at < places.length; at += 3) {
    const [first = 0, last = 0, index = 0] = places.slice(at, at + 3);
    yield { first, last, index };
  }
}
