import type {
  Beat,
  LeaseGrant,
  LeaseRequest,
  LeaseTable,
  OriginNews,
  Report,
} from '../../../src/fleet/limits/lease-table.ts';
import { LEASE_TIME } from '../../../src/fleet/limits/lease-table.ts';
import { settleOrigin } from '../../../src/fleet/limits/settle-origin.ts';

interface Held {
  heldUntil: number;
  downUntil: number;
  since: number;
  prober?: number | undefined;
  reason?: string | undefined;
  message?: string | undefined;
}

/** The leases of a fleet in memory, by the clock of the test. */
export class MemoryLeases implements LeaseTable {
  readonly limit: number;
  readonly rate: number;
  /** How often each method was called. */
  readonly calls = { beat: 0, settle: 0, report: 0 };
  /** What calls are rejected with, while set. */
  failure: Error | undefined;
  readonly #now: () => number;
  readonly #runs = new Map<number, number>();
  readonly #leases = new Map<string, Map<number, { share: number; demand: number }>>();
  readonly #troubles = new Map<string, Held>();
  #last = 0;

  constructor(now: () => number, { limit, rate = Infinity }: { limit: number; rate?: number }) {
    this.#now = now;
    this.limit = limit;
    this.rate = rate;
  }

  /** The sum of all shares of an origin. */
  taken(origin: string): number {
    return [...this.#of(origin).values()].reduce((sum, { share }) => sum + share, 0);
  }

  async register(): Promise<number> {
    this.#check();
    this.#last++;
    this.#runs.set(this.#last, this.#now() + LEASE_TIME);
    return this.#last;
  }

  async beat(run: number): Promise<Beat> {
    this.#check();
    this.calls.beat++;
    for (const [id, expiresAt] of this.#runs) {
      if (id !== run && expiresAt < this.#now()) this.#end(id);
    }
    if (!this.#runs.has(run)) return { isKnown: false, changes: [] };
    this.#runs.set(run, this.#now() + LEASE_TIME);
    const own = [...this.#leases].filter(([, leases]) => leases.has(run));
    return { isKnown: true, changes: own.map(([origin]) => this.#news(origin)) };
  }

  async settle(run: number, requests: readonly LeaseRequest[]): Promise<LeaseGrant[] | undefined> {
    this.#check();
    this.calls.settle++;
    if (!this.#runs.has(run)) return undefined;
    return requests.flatMap((request) => {
      const leases = this.#of(request.origin);
      const others = [...leases].filter(([id]) => id !== run).map(([, claim]) => claim);
      const { share } = settleOrigin(this.limit, others, request);
      if (request.step === 'leave') {
        leases.delete(run);
        return [];
      }
      leases.set(run, { share, demand: request.demand });
      return [{ ...this.#news(request.origin), share, isUsed: others.length > 0 }];
    });
  }

  async report(run: number, reports: readonly Report[]): Promise<void> {
    this.#check();
    this.calls.report++;
    for (const report of reports) this.#report(run, report);
  }

  async leave(run: number): Promise<void> {
    this.#end(run);
  }

  #check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  #report(run: number, report: Report): void {
    const { origin } = report;
    const now = this.#now();
    const before = this.#troubles.get(origin);
    if (report.kind === 'recovered') this.#troubles.delete(origin);
    else if (report.kind === 'down') {
      const { downFor, failingFor, reason, message } = report;
      const times = { heldUntil: now, downUntil: now + downFor, since: now - failingFor };
      this.#troubles.set(origin, { ...times, reason, message });
    } else if (report.kind === 'paused') {
      const heldUntil = Math.max(before?.heldUntil ?? 0, now + report.heldFor);
      this.#troubles.set(origin, { heldUntil, downUntil: 0, since: now });
    } else if (before?.prober === undefined || before.prober === run || before.heldUntil < now) {
      const times = { heldUntil: now + report.heldFor, downUntil: 0 };
      this.#troubles.set(origin, { ...times, since: now - report.failingFor, prober: run });
    }
  }

  #end(run: number): void {
    this.#runs.delete(run);
    for (const leases of this.#leases.values()) leases.delete(run);
  }

  #of(origin: string): Map<number, { share: number; demand: number }> {
    const leases = this.#leases.get(origin) ?? new Map();
    this.#leases.set(origin, leases);
    return leases;
  }

  #news(origin: string): OriginNews {
    const claims = [...this.#of(origin).values()];
    const nothing = { keep: 0, demand: 0, step: 'leave' as const };
    const { level, headroom, isShort, count, free } = settleOrigin(this.limit, claims, nothing);
    const trouble = this.#troubles.get(origin);
    const now = this.#now();
    return {
      ...{ origin, limit: this.limit, rate: this.rate },
      ...{ level, headroom, isShort, free, claims: count },
      trouble: {
        heldFor: trouble === undefined ? 0 : trouble.heldUntil - now,
        downFor: trouble === undefined ? 0 : trouble.downUntil - now,
        failingFor: trouble === undefined ? 0 : now - trouble.since,
        prober: trouble?.prober,
        reason: trouble?.reason,
        message: trouble?.message,
      },
    };
  }
}
