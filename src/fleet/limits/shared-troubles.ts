import type { OriginTrouble, SharedOrigins } from '../../schedule/shared-limits.ts';
import type { OriginNews } from './lease-table.ts';
import type { OriginLease } from './origin-lease.ts';
import type { Reports } from './reports.ts';
import { ElsewhereError } from './trouble.ts';

/** A difference of two times that is no change, in ms: a database rounds, and answers late. */
const SLACK = 250;

/** What {@link SharedTroubles} are given. */
interface TroublesOptions {
  readonly now: () => number;
  readonly reports: Reports;
  readonly leaseOf: (origin: string) => OriginLease | undefined;
  /** Called when there is something to tell the others. */
  readonly onReport: () => void;
}

/** Pauses, holds and surrenders of origins, on their way from this run to the others and back. */
export class SharedTroubles {
  readonly #options: TroublesOptions;

  constructor(options: TroublesOptions) {
    this.#options = options;
  }

  paused(origin: string, until: number): void {
    const { reports, leaseOf, onReport } = this.#options;
    reports.paused(origin, until);
    const lease = leaseOf(origin);
    if (lease !== undefined) lease.heldUntil = Math.max(lease.heldUntil, until);
    onReport();
  }

  held(origin: string, until: number, trouble: OriginTrouble): void {
    const { reports, onReport } = this.#options;
    if (reports.held(origin, until, trouble)) onReport();
  }

  recovered(origin: string): void {
    const { now, reports, leaseOf, onReport } = this.#options;
    const lease = leaseOf(origin);
    const isTold = Math.max(lease?.heldUntil ?? 0, lease?.downUntil ?? 0) > now();
    if (lease !== undefined) lease.heldUntil = lease.downUntil = 0;
    if (reports.recovered(origin, isTold)) onReport();
  }

  down(origin: string, trouble: OriginTrouble): void {
    const { reports, leaseOf, onReport } = this.#options;
    const until = reports.down(origin, trouble);
    if (until === undefined) return;
    const lease = leaseOf(origin);
    if (lease !== undefined) lease.downUntil = until;
    onReport();
  }

  /**
   * Holds, resumes or gives up an origin as other runs have done.
   * @param run the number of this run
   */
  heed(
    lease: OriginLease,
    { origin, trouble }: OriginNews,
    origins: SharedOrigins | undefined,
    run: number | undefined,
  ): void {
    const now = this.#options.now();
    const since = now - trouble.failingFor;
    const isOwn = trouble.prober !== undefined && trouble.prober === run;
    const heldUntil = isOwn ? 0 : now + trouble.heldFor;
    const downUntil = now + trouble.downFor;
    if (trouble.downFor > 0) {
      if (downUntil > lease.downUntil + SLACK) {
        const cause = new ElsewhereError(trouble.reason ?? 'unknown', trouble.message ?? '');
        lease.downUntil = downUntil;
        origins?.giveUp(origin, cause, downUntil, since);
      }
    } else if (trouble.heldFor > 0 && !isOwn) {
      if (heldUntil > lease.heldUntil + SLACK) {
        lease.heldUntil = heldUntil;
        origins?.hold(origin, heldUntil, trouble.prober === undefined ? undefined : since);
      }
    } else if (!isOwn && Math.max(lease.heldUntil, lease.downUntil) > now + SLACK) {
      lease.heldUntil = lease.downUntil = 0;
      if (!this.#options.reports.isAbout(origin)) origins?.resume(origin);
    }
  }
}
