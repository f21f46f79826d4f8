import { STATUSES, type Status } from '../../model/outcome.ts';
import type { RowGroup } from '../../model/row-group.ts';
import type { Queries } from '../database.ts';
import { SCHEMA } from '../schema.ts';

/** A line of the totals. */
interface GroupRow {
  readonly status: string;
  readonly reason: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly url: string;
  readonly message: string | null;
}

/**
 * The rows of a plan that have ended, by how they did, the largest group first. It reads what each shard
 * has added to the totals, and not the records.
 */
export async function groupsOf(queries: Queries, plan: number): Promise<RowGroup[]> {
  // An example is one that counts: what a retry has replaced is a line with fewer than 0 rows.
  const example = (column: string) =>
    `(array_agg(${column} ORDER BY shard) FILTER (WHERE rows > 0))[1] AS ${column}`;
  const { rows } = await queries.query<GroupRow>(
    `SELECT status, reason, sum(rows)::bigint AS rows, sum(bytes)::bigint AS bytes,
       ${example('url')}, ${example('message')}
     FROM ${SCHEMA}.tallies WHERE plan = $1 GROUP BY status, reason
     HAVING sum(rows) > 0 ORDER BY sum(rows) DESC, status, reason`,
    [plan],
  );
  return rows.map(({ status, reason, url, message, ...numbers }) => ({
    ...numbers,
    status: STATUSES.find((word) => word === status) ?? 'failed',
    reason: reason ?? undefined,
    example: { url: url ?? '', message: message ?? undefined },
  }));
}

/** How many rows have ended in each way. */
export function tallyOf(groups: readonly RowGroup[]): Record<Status, number> {
  const tally = { ok: 0, skipped: 0, 'not-found': 0, failed: 0, cancelled: 0 };
  for (const { status, rows } of groups) tally[status] += rows;
  return tally;
}
