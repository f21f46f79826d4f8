import type { Claim } from './fair-share.ts';
import type { LeaseGrant, LeaseRequest, OriginNews, Trouble } from './lease-table.ts';
import { type Settled, settleOrigin } from './settle-origin.ts';

/** What the table has of an origin. */
export type OriginRow = Omit<OriginNews, 'limit' | 'rate' | 'trouble'> &
  Trouble & { readonly ownLimit: number | null; readonly ownRate: number | null };

/** What holds for origins for which the table has no numbers of their own. */
interface Defaults {
  /** Requests at a time, over all runs. */
  readonly limit: number;
  /** Requests a second, over all runs. */
  readonly rate: number;
}

/** What becomes of a run's request for an origin. */
export interface SettledRow extends Settled {
  readonly row: OriginRow;
  readonly request: LeaseRequest;
  /** The leases of the other runs. */
  readonly claims: readonly Claim[];
}

/** An origin that the table did not have. */
export function newOrigin(origin: string): OriginRow {
  return {
    ...{ origin, level: 0, headroom: 0, isShort: false, claims: 1, free: 0 },
    ...{ ownLimit: null, ownRate: null },
    ...{ heldFor: 0, failingFor: 0, downFor: 0 },
  };
}

/** How an origin is shared, as its row says. */
export function newsOf(row: OriginRow, { limit, rate }: Defaults): OriginNews {
  const { ownLimit, ownRate, ...others } = row;
  const { heldFor, prober, failingFor, downFor, reason, message, ...news } = others;
  return {
    ...news,
    limit: ownLimit ?? limit,
    rate: ownRate ?? rate,
    trouble: {
      heldFor,
      prober: prober == null ? undefined : Number(prober),
      failingFor,
      downFor,
      reason: reason ?? undefined,
      message: message ?? undefined,
    },
  };
}

/**
 * Decides about the requests of a run for origins whose rows are locked.
 * @param leases of what is known: the rows, the leases of the other runs, and whether free shares are free
 */
export function settleRows(
  requests: readonly LeaseRequest[],
  leases: {
    readonly rows: readonly OriginRow[];
    readonly others: ReadonlyMap<string, readonly Claim[]>;
    readonly mayTake: boolean;
  },
  defaults: Defaults,
): SettledRow[] {
  const asked = new Map(requests.map((request) => [request.origin, request]));
  return leases.rows.flatMap((row) => {
    const request = asked.get(row.origin);
    if (request === undefined) return [];
    const claims = leases.others.get(row.origin) ?? [];
    const { limit } = newsOf(row, defaults);
    return [{ row, request, claims, ...settleOrigin(limit, claims, request, leases.mayTake) }];
  });
}

/** What the run has of an origin now; nothing of one that it left. @param isAdded whether it is new to the table */
export function grantOf(
  { row, request, claims, count, ...settled }: SettledRow,
  isAdded: boolean,
  defaults: Defaults,
): LeaseGrant[] {
  if (request.step === 'leave') return [];
  const isUsed = claims.length > 0 || !isAdded;
  return [{ ...newsOf(row, defaults), ...settled, claims: count, isUsed }];
}

/** Whether the other runs of an origin have something to ask for, or to give back. */
export function concernsOthers({ row, claims: others, ...now }: SettledRow): boolean {
  if (others.length === 0) return false;
  const { level, headroom, isShort, free, claims } = row;
  if (now.count !== claims || now.level !== level || now.headroom !== headroom) return true;
  return now.isShort !== isShort || now.free !== free;
}
