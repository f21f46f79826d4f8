import { backoff } from '../../../src/schedule/backoff.ts';
import type { LearnedRate } from '../../../src/schedule/learned-rate.ts';
import type { Limit } from '../../../src/schedule/limit.ts';
import type { Model } from './models.ts';
import { type Random, seeded } from './random.ts';
import type { Answer, Server } from './server.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What says how many requests there may be, and how soon. */
export interface Control {
  readonly limit: Limit;
  readonly rate?: LearnedRate | undefined;
}

/** How a run went. */
export interface RunFigures {
  /** ms, from the first request to the last file. */
  readonly elapsed: number;
  /** Files a second. */
  readonly throughput: number;
  readonly requests: number;
  /** Share of the requests that were refused with 429 or 503, 0 to 1. */
  readonly refused: number;
  /** Requests in flight: the mean over time, and the most. */
  readonly inFlight: { readonly mean: number; readonly most: number };
}

/** What rows that were refused wait for, as `get` has it. */
const BACKOFF = { base: 1_000, max: 60_000 };

/**
 * Downloads the first `rows` files of a longer list from a model server, in virtual time; the same
 * seed runs the same way. The list goes on: how long the last retries of a short one wait is nothing
 * that a number of requests could change.
 */
export function simulate(
  model: Model,
  control: (now: () => number) => Control,
  { rows, seed }: { readonly rows: number; readonly seed: number },
): RunFigures {
  const clock = new VirtualClock();
  const random = seeded(seed);
  const server = model.server({ clock, random });
  const client = new Client(
    clock,
    random,
    server,
    control(() => clock.now),
  );
  const size = model.size ?? (() => 10_000);
  for (let row = 0; row < 2 * rows; row++) client.add(size(random));
  client.advance();
  clock.run(() => client.done === rows);
  return client.figures();
}

class Client {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #server: Server;
  readonly #control: Control;
  /** Sizes of the files that may be asked for now, and how often each was refused. */
  readonly #ready: { readonly bytes: number; failures: number }[] = [];
  #inFlight = 0;
  #heldUntil = 0;
  #done = 0;
  #requests = 0;
  #refused = 0;
  #most = 0;
  /** In ms times requests. */
  #area = 0;
  #areaSince = 0;

  constructor(clock: VirtualClock, random: Random, server: Server, control: Control) {
    this.#clock = clock;
    this.#random = random;
    this.#server = server;
    this.#control = control;
  }

  get done(): number {
    return this.#done;
  }

  add(bytes: number): void {
    this.#ready.push({ bytes, failures: 0 });
  }

  /** Starts all that may be started now. */
  advance(): void {
    const { limit, rate } = this.#control;
    while (this.#next < this.#ready.length && this.#inFlight < limit.current) {
      const held = this.#heldUntil - this.#clock.now;
      const wait = Math.max(held, rate?.remaining ?? 0);
      if (wait > 0) {
        this.#wake(wait);
        return;
      }
      this.#start();
    }
  }

  figures(): RunFigures {
    const elapsed = this.#clock.now;
    return {
      elapsed,
      throughput: (this.#done / elapsed) * 1000,
      requests: this.#requests,
      refused: this.#refused / this.#requests,
      inFlight: { mean: this.#area / elapsed, most: this.#most },
    };
  }

  #next = 0;
  #wakesAt = Number.POSITIVE_INFINITY;

  #wake(ms: number): void {
    const at = this.#clock.now + ms;
    if (at >= this.#wakesAt) return;
    this.#wakesAt = at;
    this.#clock.in(ms, () => {
      if (this.#wakesAt === at) this.#wakesAt = Number.POSITIVE_INFINITY;
      this.advance();
    });
  }

  #start(): void {
    const row = this.#ready[this.#next++];
    if (row === undefined) return;
    const sentAt = this.#clock.now;
    this.#count(1);
    this.#requests++;
    const inFlight = this.#inFlight;
    this.#control.rate?.started();
    this.#server(row.bytes, (answer) => {
      const endedAt = this.#clock.now;
      this.#count(-1);
      const sample = {
        latency: answer.headAt - sentAt,
        bytes: answer.isRefusal ? 0 : row.bytes,
        inFlight,
        result: answer.isRefusal ? 'overload' : 'ok',
        isSaid: answer.isSaid,
        sentAt,
        endedAt,
      } as const;
      this.#control.limit.finished(sample);
      this.#control.rate?.finished(sample);
      if (answer.isRefusal) this.#tryAgain(row, answer);
      else this.#done++;
      this.advance();
    });
  }

  #tryAgain(row: { readonly bytes: number; failures: number }, { retryAfter }: Answer): void {
    this.#refused++;
    if (retryAfter !== undefined) {
      this.#heldUntil = Math.max(this.#heldUntil, this.#clock.now + retryAfter);
      this.#ready[--this.#next] = row;
      return;
    }
    this.#clock.in(backoff(++row.failures, BACKOFF, this.#random), () => {
      this.#ready[--this.#next] = row;
      this.advance();
    });
  }

  #count(change: number): void {
    const { now } = this.#clock;
    this.#area += this.#inFlight * (now - this.#areaSince);
    this.#areaSince = now;
    this.#inFlight += change;
    this.#most = Math.max(this.#most, this.#inFlight);
  }
}
