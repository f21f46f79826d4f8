import type { Draw } from './random.ts';
import type { Server, World } from './server.ts';

/**
 * Work that all active jobs share evenly: processor sharing (Kleinrock, "Queueing Systems", volume 2,
 * 1976). In one ms, `speed(active)` ms of the work of each job is done.
 */
class SharedWork {
  readonly #world: World;
  readonly #speed: (active: number) => number;
  /** The work done for a job that has been active from the beginning, in ms. */
  #done = 0;
  #since = 0;
  /** The active jobs, ordered by the value of {@link #done} at which they finish. */
  #jobs: { readonly until: number; readonly finish: () => void }[] = [];
  /** The number of the latest wake-up. Earlier ones are out of date. */
  #turn = 0;

  constructor(world: World, speed: (active: number) => number) {
    this.#world = world;
    this.#speed = speed;
  }

  add(work: number, finish: () => void): void {
    this.#advance();
    const job = { until: this.#done + work, finish };
    const place = this.#jobs.findLastIndex(({ until }) => until <= job.until) + 1;
    this.#jobs.splice(place, 0, job);
    this.#wakeForFirst();
  }

  #advance(): void {
    const { now } = this.#world.clock;
    this.#done += (now - this.#since) * this.#speed(this.#jobs.length);
    this.#since = now;
  }

  #wakeForFirst(): void {
    const turn = ++this.#turn;
    const [first] = this.#jobs;
    if (first === undefined) return;
    const wait = Math.max(0, first.until - this.#done) / this.#speed(this.#jobs.length);
    this.#world.clock.in(wait, () => {
      if (turn !== this.#turn) return;
      this.#advance();
      this.#jobs.shift();
      this.#wakeForFirst();
      first.finish();
    });
  }
}

/**
 * Up to `knee` requests at a time do not slow each other down. Beyond, they share the capacity, which
 * also shrinks by `(knee / active) ** loss`, as in a server that swaps or contends for locks.
 */
export function thrashingBeyond(
  world: World,
  { knee, loss, service }: { readonly knee: number; readonly loss: number; readonly service: Draw },
  server: Server,
): Server {
  const work = new SharedWork(world, (active) =>
    active <= knee ? 1 : (knee / active) ** (1 + loss),
  );
  return (bytes, answer) => work.add(service(world.random), () => server(bytes, answer));
}

/** Bodies share a line of `perMs` bytes per ms. Each connection gets `perMsEach` at most. */
export function overLine(
  world: World,
  { perMs, perMsEach }: { readonly perMs: number; readonly perMsEach: number },
  server: Server,
): Server {
  const line = new SharedWork(world, (active) => Math.min(1, perMs / perMsEach / active));
  return (bytes, answer) =>
    server(bytes, (there) => {
      if (there.isRefusal) answer(there);
      else line.add(bytes / perMsEach, () => answer(there));
    });
}
