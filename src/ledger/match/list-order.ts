import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { KNOWN_COLUMNS, type KnownChunk, toChunk } from './known-chunk.ts';

/** What is read is of runs before `run`, with ids below `firstNew`. */
export interface ListOrderOptions {
  readonly directory: string;
  readonly run: number;
  readonly firstNew: number;
}

/** Places held at a time. After a run over a list in another order each row has its own. */
const PLACES = 100_000;

/** Rows with ids one after another, that were so in a list. */
interface Stretch {
  next: number;
  readonly last: number;
}

/**
 * The records of earlier runs in the order in which the next run will probably ask for them: that of
 * the last list; those that were not in it follow, in the order of the list before, and so on.
 * Whoever needs them all must count: a run that goes on meanwhile may take places away from here.
 */
export class ListOrder {
  readonly #directory: string;
  readonly #run: number;
  readonly #records: StatementSync;
  readonly #placeOf: StatementSync;
  readonly #places: StatementSync;
  #stretches: Stretch[] = [];
  /** Where in which list the last row stood of the places that were read: others follow it. */
  #after = { run: Number.MAX_SAFE_INTEGER, idx: -1 };

  constructor(database: DatabaseSync, { directory, run, firstNew }: ListOrderOptions) {
    this.#directory = directory;
    this.#run = run;
    this.#records = database.prepare(
      `SELECT ${KNOWN_COLUMNS} FROM records WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?`,
    );
    // Arrays: objects with the columns' names would only be taken apart again.
    this.#records.setReturnArrays(true);
    // Where a place ends, the next begins: looked up only for the places that are wanted.
    const withLast = (places: string) =>
      `SELECT *, coalesce((SELECT min(first) FROM places WHERE first BETWEEN p.first + 1 AND ${firstNew}),
        ${firstNew}) - 1 AS last FROM (${places}) AS p`;
    this.#places = database.prepare(
      withLast(`SELECT * FROM places
        WHERE first < ${firstNew} AND run < ${run} AND (run < :run OR (run = :run AND idx > :idx))
        ORDER BY run DESC, idx LIMIT ${PLACES}`),
    );
    this.#placeOf = database.prepare(
      withLast('SELECT * FROM places WHERE first <= ? ORDER BY first DESC LIMIT 1'),
    );
  }

  /** @returns the next records, at most `limit` of them; undefined when there are no more */
  next(limit: number): KnownChunk | undefined {
    const rows: SQLOutputValue[][] = [];
    while (rows.length < limit) {
      const stretch = this.#stretches.at(-1) ?? this.#readPlaces();
      if (stretch === undefined) break;
      const wanted = limit - rows.length;
      const { next, last } = stretch;
      const found = this.#records.all(next, last, wanted) as unknown as SQLOutputValue[][];
      for (const row of found) rows.push(row);
      if (found.length === wanted) stretch.next = Number(found.at(-1)?.[0]) + 1;
      if (found.length < wanted || stretch.next > last) this.#stretches.pop();
    }
    return rows.length === 0 ? undefined : toChunk(rows, this.#directory);
  }

  /** Goes on with what followed the row with this id. */
  seek(id: number): void {
    const place = this.#placeOf.get(id + 1);
    // What this run has met already is not what comes next.
    if (place === undefined || Number(place.run) >= this.#run) return;
    this.#after = endOf(place);
    this.#stretches = [{ next: id + 1, last: Number(place.last) }];
  }

  /** @returns the first of the next ones */
  #readPlaces(): Stretch | undefined {
    const places = this.#places.all({ ...this.#after });
    const last = places.at(-1);
    if (last !== undefined) this.#after = endOf(last);
    // The last one is the next: it can be taken off without moving the others.
    this.#stretches = places
      .map(({ first, last }) => ({ next: Number(first), last: Number(last) }))
      .reverse();
    return this.#stretches.at(-1);
  }
}

/** Where in which list the last row of a place stood. */
function endOf(place: Record<string, SQLOutputValue>): { run: number; idx: number } {
  const idx = Number(place.idx) + Number(place.last) - Number(place.first);
  return { run: Number(place.run), idx };
}
