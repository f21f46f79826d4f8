import type { Limit } from './limit.ts';

/** What a round of requests told: how many were in flight, and how many ended in a ms. */
export interface Measurement {
  readonly inFlight: number;
  readonly throughput: number;
}

/** Rounds that are remembered: what was measured before them may not be true any more. */
const REMEMBERED = 20;

/** A round that had fewer requests in flight, and was so much faster, shows that there are too many. */
const MUCH_FASTER = 1 / 0.85;

/**
 * Where an origin's throughput stops growing with the number of requests in flight: the highest
 * throughput, times what a request takes while it waits for no other (Little's law). More in flight
 * only makes each of them take longer. Kleinrock called it the point of maximum power ("Power and
 * deterministic rules of thumb for probabilistic problems in computer communications", ICC 1979);
 * BBR steers by it as the product of bandwidth and delay.
 */
export class Knee {
  readonly #latest: Measurement[] = [];
  #time = Number.POSITIVE_INFINITY;

  /** What a request takes while it waits for no other, in ms. */
  get time(): number {
    return this.#time;
  }

  /** The highest of the rounds remembered, in requests for each ms. */
  get throughput(): number {
    let highest = 0;
    for (const { throughput } of this.#latest) highest = Math.max(highest, throughput);
    return highest;
  }

  /** How many requests in flight that makes. */
  get inFlight(): number {
    return this.throughput * this.#time;
  }

  add(measurement: Measurement): void {
    this.#latest.push(measurement);
    if (this.#latest.length > REMEMBERED) this.#latest.shift();
    this.#time = Math.min(this.#time, timeOf(measurement));
  }

  /** Takes a round with few in flight: it tells anew how long a request takes. */
  addAtRest(measurement: Measurement): void {
    this.#time = timeOf(measurement);
    this.add(measurement);
  }

  /** Whether fewer in flight did better: the origin has too much to do. */
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

/** Little's law: how long each took, in ms. */
function timeOf({ inFlight, throughput }: Measurement): number {
  return inFlight / throughput;
}
