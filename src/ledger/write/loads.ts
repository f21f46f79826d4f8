import type { DatabaseSync } from 'node:sqlite';

/** How busy a run was at a moment. */
export interface Load {
  /** In ms since the epoch. */
  readonly at: number;
  /** Requests under way. */
  readonly inFlight: number;
  /** Requests that there might be: what `-m auto` had found by then. */
  readonly allowed: number;
}

/** The loads that stand in `numbers`, one after another. */
export function* loadsIn(numbers: readonly number[]): Generator<Load, void> {
  for (let place = 0; place < numbers.length; place += 3) {
    const [at = 0, inFlight = 0, allowed = 0] = numbers.slice(place, place + 3);
    yield { at, inFlight, allowed };
  }
}

export function addLoad(database: DatabaseSync, run: number, load: Load): void {
  database
    .prepare('INSERT INTO loads (run, at, in_flight, allowed) VALUES (?, ?, ?, ?)')
    .run(run, Math.round(load.at), load.inFlight, load.allowed);
}

/** Those of one run, in the order of time. */
export function loadsOf(database: DatabaseSync, run: number): Load[] {
  return database
    .prepare('SELECT at, in_flight, allowed FROM loads WHERE run = ? ORDER BY rowid')
    .all(run)
    .map((row) => ({
      at: Number(row.at),
      inFlight: Number(row.in_flight),
      allowed: Number(row.allowed),
    }));
}
