import type { Status } from '../../src/model/outcome.ts';
import { reasonsMeantBy } from '../../src/model/reason.ts';
import type { Rows } from './row-store.ts';

/** A choice of a filter, and how many rows have it. */
export interface Choice {
  readonly value: string;
  readonly rows: number;
}

export interface Facets {
  readonly statuses: ReadonlyMap<Status, number>;
  /** The most frequent first. */
  readonly reasons: readonly Choice[];
  readonly hosts: readonly Choice[];
}

/** The choices of the filter. */
export function facetsOf(rows: Rows): Facets {
  return {
    statuses: count(rows.status),
    reasons: choices(reasonCounts(rows)),
    hosts: choices(count(rows.host)),
  };
}

/** For each reason, the rows that the filter finds by it: those of `dns` are also those of others. */
function reasonCounts(rows: Rows): ReadonlyMap<string, number> {
  const counts = count(rows.reason.filter((reason) => reason !== ''));
  const found = (reason: string) => counts.get(reason) ?? 0;
  return new Map(
    Array.from(counts.keys(), (word) => {
      const rowsOfEach = reasonsMeantBy(word).map(found);
      return [word, rowsOfEach.reduce((sum, rows) => sum + rows, 0)];
    }),
  );
}

function count<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function choices(counts: ReadonlyMap<string, number>): Choice[] {
  return Array.from(counts, ([value, rows]) => ({ value, rows })).sort(
    (a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1),
  );
}
