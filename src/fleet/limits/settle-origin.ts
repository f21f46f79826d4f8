import { type Claim, entitlement, freeOf, type Split, split } from './fair-share.ts';
import type { LeaseRequest } from './lease-table.ts';

/** What an origin is like after a run's request, and what the run has. */
export interface Settled extends Split {
  readonly share: number;
  /** How many runs have leases. */
  readonly count: number;
  readonly free: number;
}

/**
 * Decides about one run's request for an origin, whose leases no other run changes meanwhile. A run that
 * gives back always may. It gets no more than is free, so the sum of all shares grows beyond the limit
 * only if a run says that it still has requests in flight whose lease had run out.
 *
 * @param others the leases of the other runs
 * @param mayTake whether free shares are known to be free
 */
export function settleOrigin(
  limit: number,
  others: readonly Claim[],
  { keep, demand, step }: Pick<LeaseRequest, 'keep' | 'demand' | 'step'>,
  mayTake = true,
): Settled {
  if (step === 'leave') {
    return { ...split(limit, others), share: 0, count: others.length, free: freeOf(limit, others) };
  }
  const kept: Claim = { share: keep, demand };
  const free = mayTake && step === 'take' ? freeOf(limit, [...others, kept]) : 0;
  const most = entitlement(split(limit, [...others, kept]), demand);
  const share = Math.max(keep, Math.min(most, keep + free, limit));
  const claims = [...others, { share, demand }];
  return {
    ...split(limit, claims),
    share,
    count: claims.length,
    free: freeOf(limit, claims),
  };
}
