import type { Status } from '../../src/model/outcome.ts';
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

/** What there is to choose from. */
export function facetsOf(rows: Rows): Facets {
  return {
    statuses: count(rows.status),
    reasons: choices(count(rows.reason.filter((reason) => reason !== ''))),
    hosts: choices(count(rows.host)),
  };
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
