import type { Limit } from './limit.ts';

/** What was measured in a window: how many requests were in flight, and how many ended in a ms. */
export interface Measurement {
  readonly inFlight: number;
  readonly throughput: number;
}

/** How many measurements are remembered: older ones may no longer be true. */
const REMEMBERED = 20;

/** A window that was so much faster with fewer requests in flight shows that there are too many. */
const MUCH_FASTER = 1 / 0.85;

/**
 * Where an origin's throughput stops growing with the number of requests in flight: the highest
 * throughput, times the time that a request takes while it waits for no other (Little's law). With more
 * in flight, each request only takes longer. Kleinrock called it the point of maximum power ("Power and
 * deterministic rules of thumb for probabilistic problems in computer communications", ICC 1979);
 * BBR steers by it as the product of bandwidth and delay.
 */
export class Knee {
  readonly #latest: Measurement[] = [];
  #time = Number.POSITIVE_INFINITY;

  /** How long a request takes while it waits for no other, in ms. */
  get time(): number {
    return this.#time;
  }

  /** The highest throughput remembered, in requests for each ms. */
  get throughput(): number {
    let highest = 0;
    for (const { throughput } of this.#latest) highest = Math.max(highest, throughput);
    return highest;
  }

  /** How many requests in flight the knee is at. */
  get inFlight(): number {
    return this.throughput * this.#time;
  }

  add(measurement: Measurement): void {
    this.#latest.push(measurement);
    if (this.#latest.length > REMEMBERED) this.#latest.shift();
    this.#time = Math.min(this.#time, timeOf(measurement));
  }

  /** Adds a measurement with few in flight: it tells anew how long a request takes. */
  addAtRest(measurement: Measurement): void {
    this.#time = timeOf(measurement);
    this.add(measurement);
  }

  /** Whether fewer in flight were much faster, so that the origin has too much to do. */
  isBeyond({ inFlight, throughput }: Measurement): boolean {
    return this.#latest.some(
      (other) => other.inFlight * 1.05 < inFlight && other.throughput > throughput * MUCH_FASTER,
    );
  }

  /** As {@link Limit.checkpoint}. */
  checkpoint(): () => void {
    const latest = [...this.#latest];
    const time = this.#time;
    return () => {
      this.#latest.splice(0, this.#latest.length, ...latest);
      this.#time = time;
    };
  }

  clear(): void {
    this.#latest.length = 0;
    this.#time = Number.POSITIVE_INFINITY;
  }
}

/** How long each request took, in ms, by Little's law. */
function timeOf({ inFlight, throughput }: Measurement): number {
  return inFlight / throughput;
}
