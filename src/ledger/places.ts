import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Rows with the ids from `first` to `last` that a run met one after another, from `index` on. */
export interface Stretch {
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
  readonly #within: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;

  /** @param run the one whose list it is */
  constructor(database: DatabaseSync, run: number) {
    this.#run = run;
    this.#at = database.prepare(
      'SELECT first, run, idx FROM places WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
    this.#within = database.prepare('SELECT 1 FROM places WHERE first > ? AND first <= ? LIMIT 1');
    this.#insert = database.prepare('INSERT INTO places (first, run, idx) VALUES (?, ?, ?)');
    this.#delete = database.prepare('DELETE FROM places WHERE first BETWEEN ? AND ?');
  }

  /** This run has the stretch in its list. */
  set({ first, last, index }: Stretch): void {
    const before = this.#placeAt(first);
    const isSaid = before?.run === this.#run && before.index === index;
    if (isSaid && this.#within.get(first, last) === undefined) return;
    // What was said of those that follow still holds for them.
    const after = this.#placeAt(last + 1);
    this.#delete.run(first, last + 1);
    const preceding = this.#placeAt(first);
    if (preceding?.run !== this.#run || preceding.index !== index) {
      this.#insert.run(first, this.#run, index);
    }
    if (after !== undefined) this.#insert.run(last + 1, after.run, after.index);
  }

  /** The run and the index that are said of an id. */
  #placeAt(id: number): { readonly run: number; readonly index: number } | undefined {
    const place = this.#at.get(id);
    if (place === undefined) return undefined;
    return { run: Number(place.run), index: Number(place.idx) + id - Number(place.first) };
  }
}
