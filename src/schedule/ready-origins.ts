import { Timer } from '../concurrency/index.ts';
import { BucketQueue } from './bucket-queue.ts';
import type { Addressed, OriginQueue } from './origin-queue.ts';

/**
 * The origins that rows wait for and that may be sent a request now, in the order in which they get
 * their next one: the origin with the fewest requests in flight first. Those that have to pause are
 * added once the pause is over.
 */
export class ReadyOrigins<Row extends Addressed> {
  readonly #queue = new BucketQueue<OriginQueue<Row>>();
  readonly #now: () => number;
  readonly #onPauseOver: () => void;

  /**
   * @param now a clock in ms
   * @param onPauseOver called when an origin has become ready by itself
   */
  constructor(now: () => number, onPauseOver: () => void) {
    this.#now = now;
    this.#onPauseOver = onPauseOver;
  }

  /** The origin that gets the next request. */
  first(): OriginQueue<Row> | undefined {
    return this.#queue.first();
  }

  /** How long `origin` must not be sent a request, in ms; 0 or less when it may be. */
  pauseOf({ notBefore }: OriginQueue<Row>): number {
    return notBefore === 0 ? 0 : notBefore - this.#now();
  }

  /**
   * Puts `origin` in its place, or takes it out. To be called after each change to it.
   * @param goesOn whether it stays in front of others with as many requests in flight
   */
  update(origin: OriginQueue<Row>, goesOn = false): void {
    origin.timer?.clear();
    origin.timer = undefined;
    const { entry, inFlight } = origin;
    const pause = origin.waiting > 0 ? this.pauseOf(origin) : 0;
    if (pause > 0) {
      origin.timer = new Timer(Math.ceil(pause), () => {
        this.update(origin);
        this.#onPauseOver();
      });
    }
    if (pause > 0 || origin.waiting === 0 || !origin.hasRoom) this.#queue.remove(entry);
    else if (goesOn) this.#queue.putFirst(entry, inFlight);
    // An origin keeps its place as more of its rows are read.
    else if (entry.level !== inFlight) this.#queue.put(entry, inFlight);
  }
}
