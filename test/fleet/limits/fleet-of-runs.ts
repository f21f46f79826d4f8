import type { TestContext } from 'node:test';
import type { LeaseTable } from '../../../src/fleet/limits/lease-table.ts';
import { OriginLeases } from '../../../src/fleet/limits/origin-leases.ts';
import type { OriginShare, SharedOrigins } from '../../../src/schedule/shared-limits.ts';
import { settle } from '../../concurrency/support.ts';

/** One run of a fleet: a stand-in for its queue, which starts as many requests as it may. */
export class StandInRun implements SharedOrigins {
  readonly leases: OriginLeases;
  readonly told: string[] = [];
  readonly #shares = new Map<string, OriginShare>();
  readonly #rows = new Map<string, number>();
  readonly #inFlight = new Map<string, number>();

  constructor(table: LeaseTable, now: () => number) {
    this.leases = new OriginLeases(table, {
      now,
      random: () => 0.5,
      onLost: () => this.told.push('lost'),
      onBack: () => this.told.push('back'),
    });
    const { requests } = this.leases;
    requests.revoke = () => this.#inFlight.clear();
    this.leases.begin(this);
  }

  /** Has so many rows for an origin, those in flight included. */
  want(origin: string, rows: number): void {
    if (!this.#shares.has(origin)) this.#shares.set(origin, this.leases.enter(origin));
    this.#rows.set(origin, rows);
    this.fill(origin);
  }

  /** Starts as many requests as it may. @returns how many are in flight */
  fill(origin: string): number {
    const most = Math.min(this.#rows.get(origin) ?? 0, this.share(origin));
    this.#inFlight.set(origin, Math.max(this.inFlight(origin), most));
    return this.inFlight(origin);
  }

  /** So many requests end, and as many begin as may. */
  finish(origin: string, requests: number): void {
    const left = Math.max(0, (this.#rows.get(origin) ?? 0) - requests);
    this.#rows.set(origin, left);
    this.#inFlight.set(origin, Math.max(0, this.inFlight(origin) - requests));
    this.fill(origin);
    if (left > 0) return;
    this.#shares.delete(origin);
    this.leases.leave(origin);
  }

  share(origin: string): number {
    return this.#shares.get(origin)?.requests ?? 0;
  }

  perSecond(origin: string): number {
    return this.#shares.get(origin)?.pace?.remaining ?? 0;
  }

  inFlight(origin: string): number {
    return this.#inFlight.get(origin) ?? 0;
  }

  demand(origin: string): number {
    return this.#rows.get(origin) ?? 0;
  }

  changed(origin: string): void {
    this.fill(origin);
  }

  hold(origin: string, until: number, since?: number): void {
    this.told.push(`hold ${origin} until ${until}${since === undefined ? '' : ` since ${since}`}`);
  }

  resume(origin: string): void {
    this.told.push(`resume ${origin}`);
  }

  giveUp(origin: string, cause: unknown, until: number): void {
    const { reason } = cause as { reason: string };
    this.told.push(`give up ${origin} until ${until}: ${reason} ${String(cause)}`);
  }
}

/** A clock that the test turns forward. */
export function fakeTime(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  let time = 0;
  return {
    now: () => time,
    async pass(ms: number, each: () => void = () => {}) {
      for (let left = ms; left > 0; left -= 10) {
        time += Math.min(10, left);
        t.mock.timers.tick(Math.min(10, left));
        await settle();
        each();
      }
    },
  };
}
