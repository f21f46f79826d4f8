import { messageOf } from '../../model/error-words.ts';
import { reasonOf } from '../../model/reason.ts';
import { safeLine } from '../../model/safe-text.ts';
import type { OriginTrouble } from '../../schedule/shared-limits.ts';
import type { LeaseTable, Report } from './lease-table.ts';
import { isForAll } from './trouble.ts';

/** How long other runs wait for the answer to a probe of this run, in ms. Each failure is reported to them. */
const PROBE_TIME = 2_500;
/** How long an origin stays given up, in ms, as in one run. */
const DOWN_TIME = 300_000;
/** Characters of a message that is reported to the other runs. */
const LONGEST_MESSAGE = 500;

interface Probing {
  readonly until: number;
  readonly since: number;
}

/** What one run has to tell the others about origins that do not serve. Times are in ms of its clock. */
export class Reports {
  readonly #now: () => number;
  #waiting = new Map<string, Report>();
  /** The origins that this run probes. */
  readonly #probing = new Map<string, Probing>();
  /** Those whose trouble was reported. */
  readonly #told = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Whether a report of `origin` waits to be sent. */
  isAbout(origin: string): boolean {
    return this.#waiting.has(origin);
  }

  paused(origin: string, until: number): void {
    this.#waiting.set(origin, { kind: 'paused', origin, heldFor: until - this.#now() });
  }

  /** @returns whether it is to be told */
  held(origin: string, until: number, trouble: OriginTrouble): boolean {
    if (!isForAll(trouble)) return false;
    this.#probing.set(origin, { until, since: trouble.since });
    this.#told.add(origin);
    this.#waiting.set(origin, this.#heldReport(origin));
    return true;
  }

  /**
   * @param isTold whether the others know of a trouble that another run has told of
   * @returns whether it is to be told
   */
  recovered(origin: string, isTold: boolean): boolean {
    this.#probing.delete(origin);
    const wasTold = this.#told.delete(origin) || this.#waiting.has(origin) || isTold;
    if (wasTold) this.#waiting.set(origin, { kind: 'recovered', origin });
    return wasTold;
  }

  /** @returns until when it stays given up; undefined when the others are not told */
  down(origin: string, trouble: OriginTrouble): number | undefined {
    this.#probing.delete(origin);
    if (!isForAll(trouble)) {
      this.left(origin);
      return undefined;
    }
    const { cause, since } = trouble;
    const message = safeLine(messageOf(cause)).slice(0, LONGEST_MESSAGE);
    this.#told.add(origin);
    this.#waiting.set(origin, {
      kind: 'down',
      origin,
      downFor: DOWN_TIME,
      failingFor: this.#now() - since,
      reason: reasonOf(cause),
      message,
    });
    return this.#now() + DOWN_TIME;
  }

  /** The run has no more rows for the origin, and probes it no longer. */
  left(origin: string): void {
    if (this.#probing.delete(origin)) this.#told.delete(origin);
  }

  /**
   * Sends the reports that wait. When the table fails they wait again, unless there is a newer one of their
   * origin.
   * @throws the table's errors
   */
  async send(table: Pick<LeaseTable, 'report'>, run: number): Promise<void> {
    const reports = [...this.#waiting.values()];
    if (reports.length === 0) return;
    this.#waiting = new Map();
    try {
      await table.report(run, reports);
    } catch (error) {
      for (const report of reports) {
        if (!this.#waiting.has(report.origin)) this.#waiting.set(report.origin, report);
      }
      throw error;
    }
  }

  /** The reports of holds that go on: they are sent again. */
  *again(): Generator<Report, void> {
    for (const origin of this.#probing.keys()) {
      if (!this.#waiting.has(origin)) yield this.#heldReport(origin);
    }
  }

  #heldReport(origin: string): Report {
    const now = this.#now();
    const { until = now, since = now } = this.#probing.get(origin) ?? {};
    const heldFor = Math.max(0, until - now) + PROBE_TIME;
    return { kind: 'held', origin, heldFor, failingFor: now - since };
  }
}
