import type { Rows } from './row-store.ts';

export type SortKey = 'index' | 'status' | 'bytes' | 'attempts' | 'time';

export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** Places in the order that is asked for; equal rows stay as they were. */
export function sortRows(rows: Rows, places: Uint32Array, { key, descending }: Sorting) {
  const rank = rankOf(rows, key);
  const sign = descending ? -1 : 1;
  return places.toSorted((a, b) => sign * (rank(a) - rank(b)) || a - b);
}

function rankOf(rows: Rows, key: SortKey): (place: number) => number {
  if (key === 'time') return (place) => timeOf(rows, place) ?? -1;
  if (key === 'status') return (place) => SEVERITY.indexOf(rows.status[place] ?? 'ok');
  const column = rows[key];
  return (place) => column[place] ?? 0;
}

const SEVERITY = ['ok', 'skipped', 'cancelled', 'not-found', 'failed'];

/** How long a row took from its turn on, in ms; undefined when no request was sent for it. */
export function timeOf(rows: Rows, place: number): number | undefined {
  return rows.start[place] == null ? undefined : rows.end[place];
}
