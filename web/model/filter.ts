import { isDone, STATUSES, type Status } from '../../src/model/outcome.ts';
import { reasonsMeantBy } from '../../src/model/reason.ts';
import { lowerAscii } from './host-of.ts';
import type { Rows } from './row-store.ts';

/** Which rows are shown; an empty part of the filter excludes none. */
export interface Filter {
  readonly statuses: readonly Status[];
  /** As for `--reason`: `dns` stands for all failures of DNS. */
  readonly reason: string;
  readonly host: string;
  /** Somewhere in the URL or the message; capitals do not matter. */
  readonly text: string;
}

export const NO_FILTER: Filter = { statuses: [], reason: '', host: '', text: '' };

/** The statuses of rows without their file. */
export const NOT_DONE: readonly Status[] = STATUSES.filter((status) => !isDone(status));

export function isNotDone(status: Status | undefined): boolean {
  return status !== undefined && !isDone(status);
}

export function isEmpty({ statuses, reason, host, text }: Filter): boolean {
  return statuses.length === 0 && reason === '' && host === '' && text === '';
}

/** The places of the rows that pass the filter, in their order. */
export function filterRows(rows: Rows, filter: Filter): Uint32Array {
  const found = new Uint32Array(rows.length);
  let count = 0;
  const { host } = filter;
  const reasons = filter.reason === '' ? undefined : reasonsMeantBy(filter.reason);
  const text = lowerAscii(filter.text);
  const statuses = filter.statuses.length === 0 ? undefined : new Set(filter.statuses);
  for (let i = 0; i < rows.length; i++) {
    if (statuses !== undefined && !statuses.has(rows.status[i] as Status)) continue;
    if (reasons !== undefined && !reasons.includes(rows.reason[i] ?? '')) continue;
    if (host !== '' && rows.host[i] !== host) continue;
    if (text !== '' && !has(rows.url[i], text) && !has(rows.message[i], text)) continue;
    found[count++] = i;
  }
  return found.subarray(0, count);
}

function has(where: string | undefined, text: string): boolean {
  return where !== undefined && where.length >= text.length && lowerAscii(where).includes(text);
}
