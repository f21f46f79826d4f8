import { HttpStatusError } from '../../../src/model/failure.ts';
import { type RequestReport, reportOfFailure } from '../../../src/model/request-report.ts';
import type { Limit } from '../../../src/schedule/limits/limit.ts';
import { OriginHealth } from '../../../src/schedule/origin-health.ts';
import { type Addressed, OriginQueue, type Start } from '../../../src/schedule/origin-queue.ts';
import type { Pace } from '../../../src/schedule/pace/pace.ts';
import type { RetryPolicy } from '../../../src/schedule/retry-policy.ts';
import { Tries } from '../../../src/schedule/tries.ts';
import type { Random } from './random.ts';
import type { Answer, Server } from './server.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Controls how many requests there may be at a time, and how soon the next one may start. */
export interface Control {
  readonly limit: Limit;
  readonly paces: readonly Pace[];
}

/** The results of a run. */
export interface RunFigures {
  /** Time from the first request to the last file, in ms. */
  readonly elapsed: number;
  /** Files a second. */
  readonly throughput: number;
  /** Rows that ended without their file. */
  readonly lost: number;
  readonly requests: number;
  /** Share of the requests that were refused with 429 or 503, 0 to 1. */
  readonly refused: number;
  /** Requests in flight: the mean over time, and the most. */
  readonly inFlight: { readonly mean: number; readonly most: number };
}

/** The progress of a failed try: no bytes arrive. */
const NOTHING = { from: 0, reached: 0 };

/** One row of the list. */
interface SimulatedRow {
  readonly bytes: number;
  tries: Tries | undefined;
}

/** Admits, requests and retries the rows of one origin, as the engine and its scheduler do. */
export class Client {
  readonly #clock: VirtualClock;
  readonly #server: Server;
  readonly #health: OriginHealth;
  readonly #origin: OriginQueue<Addressed>;
  readonly #policy: RetryPolicy;
  /** Rows that wait for another try, and rows that wait for their first. */
  readonly #again: SimulatedRow[] = [];
  readonly #rows: SimulatedRow[] = [];
  #next = 0;
  #nextAgain = 0;
  #wakesAt = Number.POSITIVE_INFINITY;
  #done = 0;
  #lost = 0;
  #requests = 0;
  #refused = 0;
  #most = 0;
  /** The integral of requests in flight over time, in requests times ms. */
  #area = 0;
  #areaSince = 0;

  constructor(
    clock: VirtualClock,
    server: Server,
    { limit, paces }: Control,
    retries: Omit<RetryPolicy, 'random'>,
    random: Random,
  ) {
    this.#clock = clock;
    this.#server = server;
    this.#policy = { ...retries, random };
    const health = new OriginHealth(this.#policy);
    this.#health = health;
    this.#origin = new OriginQueue('http://simulated', () => ({ limit, paces, health }));
  }

  /** Rows that have their file. */
  get done(): number {
    return this.#done;
  }

  /** Rows that ended without their file. */
  get lost(): number {
    return this.#lost;
  }

  add(bytes: number): void {
    this.#rows.push({ bytes, tries: undefined });
  }

  /** Starts all requests that may start now. */
  advance(): void {
    const origin = this.#origin;
    while (this.#isWaiting && origin.hasRoom) {
      const wait = origin.notBefore - this.#clock.now;
      if (wait > 0) {
        this.#wake(wait);
        return;
      }
      const row = this.#again[this.#nextAgain]
        ? this.#again[this.#nextAgain++]
        : this.#rows[this.#next++];
      this.#start(row as SimulatedRow);
    }
  }

  figures(): RunFigures {
    const elapsed = this.#clock.now;
    return {
      elapsed,
      throughput: (this.#done / elapsed) * 1000,
      lost: this.#lost,
      requests: this.#requests,
      refused: this.#refused / this.#requests,
      inFlight: { mean: this.#area / elapsed, most: this.#most },
    };
  }

  get #isWaiting(): boolean {
    return this.#nextAgain < this.#again.length || this.#next < this.#rows.length;
  }

  #wake(ms: number): void {
    const at = this.#clock.now + ms;
    if (at >= this.#wakesAt && this.#wakesAt > this.#clock.now) return;
    this.#wakesAt = at;
    this.#clock.in(ms, () => {
      if (this.#wakesAt === at) this.#wakesAt = Number.POSITIVE_INFINITY;
      this.advance();
    });
  }

  #start(row: SimulatedRow): void {
    const origin = this.#origin;
    this.#account();
    this.#requests++;
    const health = origin.started(this.#clock.now);
    this.#most = Math.max(this.#most, origin.inFlight);
    const { inFlight } = origin;
    const start: Start = { sentAt: this.#clock.now, inFlight, epoch: health.epoch };
    this.#server(row.bytes, (answer) => this.#end(row, start, answer));
  }

  #end(row: SimulatedRow, start: Start, answer: Answer): void {
    const origin = this.#origin;
    this.#account();
    const report = reportOfAnswer(answer, row.bytes, start.sentAt, this.#clock.now);
    origin.ended(report, start, this.#clock.now);
    if (report.cause === undefined) this.#done++;
    else this.#failed(row, report);
    if (this.#health.state === 'down') this.#giveUp();
    this.advance();
  }

  #failed(row: SimulatedRow, report: RequestReport): void {
    this.#refused++;
    row.tries ??= new Tries(this.#policy, ['http://simulated/row']);
    const next = row.tries.after(report, this.#health, NOTHING);
    if (next.kind === 'give-up') {
      this.#lost++;
      return;
    }
    const { ms } = next;
    if (ms === 0) this.#again.push(row);
    else {
      this.#clock.in(ms, () => {
        this.#again.push(row);
        this.advance();
      });
    }
  }

  #giveUp(): void {
    this.#lost += this.#again.length - this.#nextAgain + this.#rows.length - this.#next;
    this.#nextAgain = this.#again.length;
    this.#next = this.#rows.length;
  }

  #account(): void {
    const { now } = this.#clock;
    this.#area += this.#origin.inFlight * (now - this.#areaSince);
    this.#areaSince = now;
  }
}

function reportOfAnswer(answer: Answer, bytes: number, sentAt: number, now: number): RequestReport {
  if (answer.failure !== undefined) return reportOfFailure(answer.failure, now - sentAt);
  if (!answer.isRefusal) return { latency: answer.headAt - sentAt, bytes, result: 'ok' };
  const status = answer.isSaid ? 429 : 503;
  return reportOfFailure(new HttpStatusError(status, '', answer.retryAfter), now - sentAt);
}
