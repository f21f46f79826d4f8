import { availableParallelism } from 'node:os';
import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Fetch } from '../../model/response.ts';
import { HttpClient } from '../http-client.ts';
import type { HttpOptions } from '../http-options.ts';
import { Lanes } from './lanes.ts';

/** How often the load is looked at, in ms, and how many looks in a row must find too much of it. */
const LOOK_EVERY = 500;
const LOOKS = 3;

/** A thread that is busy for more than this share of the time holds its connections up. */
const TOO_BUSY = 0.95;

/** With more of them, the thread that counts and records is what holds them up. */
const MOST_LANES = 4;

/** What is not for lanes: the run's own thread, and the server or the threads that save and record. */
const CORES_IN_USE = 2;

/** What a {@link GrowingClient} knows of the machine. */
export interface Machine {
  /** Cores that the process may use. */
  readonly cores: number;
  /** For which share of the time since the last call the event loop was busy. */
  busy(): number;
}

/**
 * Fetches in the run's own thread until that has too much to do; then in lanes, if there are cores
 * left for them. Each lane costs some 60 MB and a tenth of a second, and two cores have none to
 * spare: there lanes were measured to gain nothing.
 */
export class GrowingClient implements AsyncDisposable {
  readonly #options: HttpOptions;
  readonly #machine: Machine;
  readonly #client: HttpClient;
  readonly #timer: NodeJS.Timeout | undefined;
  #lanes: Lanes | undefined;
  #busyLooks = 0;

  /** @throws as the constructor of {@link HttpClient} */
  constructor(options: HttpOptions, machine: Machine = thisMachine()) {
    this.#options = options;
    this.#machine = machine;
    this.#client = new HttpClient(options);
    if (lanesOn(machine.cores) > 1) {
      this.#timer = setInterval(() => this.#look(), LOOK_EVERY).unref();
    }
  }

  /** As `HttpClient.get`. */
  get: Fetch = (request, body, options) =>
    (this.#lanes ?? this.#client).get(request, body, options);

  /** Closes all connections and ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#client[Symbol.asyncDispose](), this.#lanes?.[Symbol.asyncDispose]()]);
  }

  #look(): void {
    this.#busyLooks = this.#machine.busy() > TOO_BUSY ? this.#busyLooks + 1 : 0;
    if (this.#busyLooks < LOOKS) return;
    clearInterval(this.#timer);
    this.#lanes = new Lanes(lanesOn(this.#machine.cores), this.#options);
  }
}

function lanesOn(cores: number): number {
  return Math.min(MOST_LANES, cores - CORES_IN_USE);
}

function thisMachine(): Machine {
  let last: EventLoopUtilization = performance.eventLoopUtilization();
  return {
    cores: availableParallelism(),
    busy() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  };
}
