import type { OriginControl } from './origin-control.ts';
import { type Addressed, OriginQueue } from './origin-queue.ts';

/** The most origins without rows and requests that are remembered. */
const MOST_IDLE = 1_000;

/**
 * The origins of a run. A list may lead to more of them than there is memory for. So an origin without
 * rows and requests is remembered only if something was learned about it, and only the thousand that
 * were used last.
 */
export class OriginRegistry<Row extends Addressed> {
  readonly #makeControl: (name: string) => OriginControl;
  readonly #origins = new Map<string, OriginQueue<Row>>();
  /** Those without rows and requests, in the order in which they became so. */
  readonly #idle = new Set<OriginQueue<Row>>();

  /** @param makeControl called for each origin, when the first request to it is sent */
  constructor(makeControl: (name: string) => OriginControl) {
    this.#makeControl = makeControl;
  }

  /** How many origins have rows or requests. */
  get active(): number {
    return this.#origins.size - this.#idle.size;
  }

  values(): Iterable<OriginQueue<Row>> {
    return this.#origins.values();
  }

  /** The origin, if it is known. */
  get(name: string): OriginQueue<Row> | undefined {
    return this.#origins.get(name);
  }

  /** The origin, as one that gets a row or a request now. One that was given up begins anew. */
  use(name: string): OriginQueue<Row> {
    const known = this.#origins.get(name);
    if (known !== undefined && known.health?.state !== 'down') {
      this.#idle.delete(known);
      return known;
    }
    const origin = new OriginQueue<Row>(name, () => this.#makeControl(name));
    this.#origins.set(name, origin);
    return origin;
  }

  /** The origin has neither rows nor requests. @param isPaused whether it must not be sent any now */
  rest(origin: OriginQueue<Row>, isPaused: boolean): void {
    origin.inTurn = 0;
    this.#idle.delete(origin);
    if (origin.isForgettable && !isPaused) {
      this.#forget(origin);
      return;
    }
    this.#idle.add(origin);
    if (this.#idle.size <= MOST_IDLE) return;
    const [oldest] = this.#idle;
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(origin: OriginQueue<Row>): void {
    this.#idle.delete(origin);
    // After an origin was given up, another one may have its name.
    if (this.#origins.get(origin.name) === origin) this.#origins.delete(origin.name);
  }
}
