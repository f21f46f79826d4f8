import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Rows with the ids from `first` to `last` that a run met one after another, from `index` on. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
  readonly index: number;
}

/**
 * Where in which list each row stood last. A place says it for all ids from its `first` on, up to the
 * next place: a list of a million rows in the order of last time is one place, not a million updates.
 */
export class Places {
  readonly #run: number;
  readonly #at: StatementSync;
  readonly #next: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;

  /** @param run the one whose list it is */
  constructor(database: DatabaseSync, run: number) {
    this.#run = run;
    this.#at = database.prepare(
      'SELECT first, run, idx FROM places WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
    this.#next = database.prepare('SELECT min(first) FROM places WHERE first > ?');
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO places (first, run, idx) VALUES (?, ?, ?)',
    );
    this.#delete = database.prepare('DELETE FROM places WHERE first BETWEEN ? AND ?');
    for (const query of [this.#at, this.#next]) query.setReturnArrays(true);
  }

  /** This run has the range in its list. */
  set({ first, last, index }: IdRange): void {
    const next = this.#nextAfter(first);
    if (next > last && this.#isSaid(first, index)) return;
    // What was said of those that follow still holds for them.
    const after = next === last + 1 ? undefined : this.#placeAt(last + 1);
    if (next <= last) this.#delete.run(next, last);
    // Where the one before goes on like this, there is no need for a place here.
    if (this.#isSaid(first - 1, index - 1)) this.#delete.run(first, first);
    else this.#insert.run(first, this.#run, index);
    if (after !== undefined) this.#insert.run(last + 1, after.run, after.index);
  }

  /** Whether it is said of an id that it stands there in this run's list. */
  #isSaid(id: number, index: number): boolean {
    const place = this.#placeAt(id);
    return place?.run === this.#run && place.index === index;
  }

  /** The run and the index that are said of an id. */
  #placeAt(id: number): { readonly run: number; readonly index: number } | undefined {
    // An array, because of setReturnArrays(); so is the next one.
    const [first, run = 0, index = 0] = (this.#at.get(id) ?? []) as unknown as number[];
    return first === undefined ? undefined : { run, index: index + id - first };
  }

  /** Where the next place begins; Infinity behind the last one. */
  #nextAfter(id: number): number {
    const [next] = this.#next.get(id) as unknown as [number | null];
    return next ?? Number.POSITIVE_INFINITY;
  }
}
