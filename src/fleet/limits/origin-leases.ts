import { RevocableRequests } from '../../schedule/revocable-requests.ts';
import type {
  OriginShare,
  OriginTrouble,
  SharedLimits,
  SharedOrigins,
} from '../../schedule/shared-limits.ts';
import { Alarm } from './alarm.ts';
import type { LeaseRequest, LeaseTable, OriginNews } from './lease-table.ts';
import { LeaseTerm } from './lease-term.ts';
import { OriginLease } from './origin-lease.ts';
import { Reports } from './reports.ts';
import { SharedTroubles } from './shared-troubles.ts';

/** Options of {@link OriginLeases}. */
export interface OriginLeasesOptions {
  /** Called once the leases have run out, as the database did not answer. */
  readonly onLost?: (() => void) | undefined;
  /** Called once there are leases again. */
  readonly onBack?: (() => void) | undefined;
  /** Called once all leases were given back. */
  readonly onEnd?: (() => void) | undefined;
  /** How long a run keeps its leases after its last sign of life, in ms. @default 10,000 */
  readonly leaseTime?: number | undefined;
  /** A clock in ms that never goes back: the one of the run's queue. @default performance.now */
  readonly now?: (() => number) | undefined;
  /** A number from 0 up to, not including, 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** From one sign of life to the next, in ms; a fifth more or less, so that runs do not race in step. */
const BEAT = 1_000;
const JITTER = 0.2;
/** How long changes are collected before they are written to the table, in ms. */
const GATHER = 20;
/** At most one sign of life in so many ms, however much others announce. */
const SOONEST_BEAT = 100;
/** Origins in one transaction. */
const BATCH = 500;

/**
 * The part of one run in the limits of its fleet. Once a second it shows the table of leases that it lives,
 * hears what has changed, and asks for more or gives back; the requests themselves wait for nothing. An
 * origin that no other run has rows for takes one row of the table when it comes, and one when it goes.
 *
 * When the table does not answer, the run goes on with what it has until its leases run out. Then the
 * requests in flight end, and none starts until the table answers again.
 */
export class OriginLeases implements SharedLimits, AsyncDisposable {
  readonly requests = new RevocableRequests();
  readonly #table: LeaseTable;
  readonly #options: OriginLeasesOptions;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #leases = new Map<string, OriginLease>();
  readonly #reports: Reports;
  readonly #troubles: SharedTroubles;
  #origins: SharedOrigins | undefined;
  #run: number | undefined;
  readonly #term: LeaseTerm;
  #isLost = false;
  #beatAt = Number.NEGATIVE_INFINITY;
  #beatDue = 0;
  readonly #alarm: Alarm;
  /** What is under way with the table. */
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(table: LeaseTable, options: OriginLeasesOptions = {}) {
    const { now = () => performance.now(), random = Math.random } = options;
    this.#table = table;
    this.#options = options;
    this.#now = now;
    this.#random = random;
    this.#alarm = new Alarm(now, () => this.#wake());
    const reports = new Reports(now);
    this.#reports = reports;
    this.#troubles = new SharedTroubles({
      ...{ now, reports },
      leaseOf: (origin) => this.#leases.get(origin),
      onReport: () => this.#wakeIn(0),
    });
    const { leaseTime } = options;
    this.#term = new LeaseTerm({ now, leaseTime, onExpired: () => this.#lose() });
  }

  /** Another run of the same process may begin once the one before has ended. */
  begin(origins: SharedOrigins): void {
    this.#origins = origins;
    for (const lease of this.#leases.values()) lease.leftAt ??= this.#now();
    this.#wakeIn(0);
  }

  enter(origin: string): OriginShare {
    const known = this.#leases.get(origin);
    if (known !== undefined) {
      known.leftAt = undefined;
      return known;
    }
    const lease = new OriginLease(origin, () => this.#term.holds, this.#now);
    this.#leases.set(origin, lease);
    this.#wakeIn(GATHER);
    return lease;
  }

  leave(origin: string): void {
    const lease = this.#leases.get(origin);
    if (lease === undefined) return;
    lease.leftAt = this.#now();
    this.#reports.left(origin);
    if (!lease.isTaken && this.#working === undefined) this.#leases.delete(origin);
  }

  paused(origin: string, until: number): void {
    this.#troubles.paused(origin, until);
  }

  held(origin: string, until: number, trouble: OriginTrouble): void {
    this.#troubles.held(origin, until, trouble);
  }

  recovered(origin: string): void {
    this.#troubles.recovered(origin);
  }

  down(origin: string, trouble: OriginTrouble): void {
    this.#troubles.down(origin, trouble);
  }

  /** Others have announced changes of these origins: those of the run are looked up at once. */
  announced(origins: readonly string[] | 'many'): void {
    const concerns = origins === 'many' || origins.some((origin) => this.#leases.has(origin));
    if (!concerns) return;
    this.#beatDue = Math.min(this.#beatDue, this.#beatAt + SOONEST_BEAT);
    this.#wakeIn(Math.max(0, this.#beatDue - this.#now()));
  }

  /** Gives all leases back. The run must have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#alarm[Symbol.dispose]();
    await this.#working;
    this.#term[Symbol.dispose]();
    await this.#end();
    this.#options.onEnd?.();
  }

  async #end(): Promise<void> {
    // Leases that the others may have are not given back, nor to a table that does not answer.
    if (this.#run === undefined || !this.#term.holds) return;
    try {
      await this.#reports.send(this.#table, this.#run);
      await this.#table.leave(this.#run);
    } catch {
      // They run out by themselves.
    }
  }

  #wakeIn(ms: number): void {
    if (!this.#isClosed && this.#origins !== undefined) this.#alarm.ringIn(ms);
  }

  #wake(): void {
    if (this.#working !== undefined) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      this.#wakeIn(this.#wait());
    });
  }

  /** How long until there is something to do, in ms. */
  #wait(): number {
    const isAsked = this.#reports.isWaiting || this.#hasRequests();
    const beat = Math.max(0, this.#beatDue - this.#now());
    return isAsked && !this.#isLost && this.#term.holds ? Math.min(GATHER, beat) : beat;
  }

  #hasRequests(): boolean {
    for (const lease of this.#leases.values()) {
      if (!lease.isTaken && lease.leftAt === undefined) return true;
    }
    return false;
  }

  /** Sends the beat, the reports and the leases that are due. After a failure the next beat tries again. */
  async #work(): Promise<void> {
    try {
      if (this.#now() >= this.#beatDue) await this.#beat();
      if (this.#run === undefined) return;
      await this.#reports.send(this.#table, this.#run);
      await this.#settle(this.#run);
    } catch {
      this.#beatDue = this.#now() + BEAT * (1 - JITTER * this.#random());
      if (!this.#term.holds) this.#lose();
    }
  }

  async #beat(): Promise<void> {
    const sentAt = this.#now();
    this.#beatDue = sentAt + BEAT * (1 + JITTER * (2 * this.#random() - 1));
    if (this.#run === undefined) {
      this.#run = await this.#table.register();
      this.#alive(sentAt);
      return;
    }
    const { isKnown, changes } = await this.#table.beat(this.#run);
    if (!isKnown) {
      this.#forgetLeases();
      return;
    }
    this.#alive(sentAt);
    for (const news of changes) this.#hear(news);
    const again = [...this.#reports.again()];
    if (again.length > 0) await this.#table.report(this.#run, again);
  }

  #alive(sentAt: number): void {
    const held = this.#term.holds;
    this.#beatAt = sentAt;
    if (!this.#term.renew(sentAt) || held) return;
    if (this.#isLost) this.#options.onBack?.();
    this.#isLost = false;
    for (const { origin } of this.#leases.values()) this.#origins?.changed(origin);
  }

  /** The others may have the leases in a moment. */
  #lose(): void {
    this.requests.revoke();
    if (this.#isLost) return;
    this.#isLost = true;
    this.#options.onLost?.();
  }

  /** The leases had run out, and others may have them by now. The run begins anew. */
  #forgetLeases(): void {
    this.#run = undefined;
    this.#beatDue = 0;
    this.requests.revoke();
    for (const lease of this.#leases.values()) lease.lost();
  }

  async #settle(run: number): Promise<void> {
    const now = this.#now();
    const requests: LeaseRequest[] = [];
    for (const [name, lease] of this.#leases) {
      if (lease.leftAt !== undefined && !lease.isTaken) this.#leases.delete(name);
      const request = lease.next(now, this.#use(name));
      if (request !== undefined) requests.push(request);
    }
    for (let from = 0; from < requests.length; from += BATCH) {
      if (!(await this.#settleSome(run, requests.slice(from, from + BATCH)))) return;
    }
  }

  /** @returns whether the run is known to the table */
  async #settleSome(run: number, requests: readonly LeaseRequest[]): Promise<boolean> {
    for (const { origin } of requests) this.#leases.get(origin)?.unsure();
    const grants = await this.#table.settle(run, requests);
    if (grants === undefined) {
      this.#forgetLeases();
      return false;
    }
    const asked = new Map(requests.map((request) => [request.origin, request]));
    for (const { origin, step } of requests) {
      if (step !== 'leave') continue;
      const lease = this.#leases.get(origin);
      lease?.gone();
      if (lease?.leftAt !== undefined) this.#leases.delete(origin);
    }
    for (const grant of grants) {
      const request = asked.get(grant.origin);
      const lease = this.#leases.get(grant.origin);
      if (request === undefined || lease === undefined) continue;
      lease.granted(grant, request, this.#now());
      this.#heed(lease, grant);
      this.#origins?.changed(grant.origin);
    }
    return true;
  }

  #hear(news: OriginNews): void {
    const lease = this.#leases.get(news.origin);
    if (lease === undefined) return;
    if (lease.heard(news, this.#use(news.origin))) this.#origins?.changed(news.origin);
    this.#heed(lease, news);
  }

  #heed(lease: OriginLease, news: OriginNews): void {
    this.#troubles.heed(lease, news, this.#origins, this.#run);
  }

  #use(origin: string): { readonly inFlight: number; readonly demand: number } {
    const origins = this.#origins;
    return { inFlight: origins?.inFlight(origin) ?? 0, demand: origins?.demand(origin) ?? 0 };
  }
}
