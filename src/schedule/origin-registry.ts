import { OriginDownError } from '../model/failure.ts';
import { originOf } from '../model/origin-of.ts';
import { DownOrigins } from './down-origins.ts';
import type { OriginControl } from './origin-control.ts';
import type { OriginHealth, OriginState } from './origin-health.ts';
import { type Addressed, OriginQueue } from './origin-queue.ts';
import type { SharedLimits } from './shared-limits.ts';

/** The most origins without rows and requests that are remembered. */
const MOST_IDLE = 1_000;

/**
 * The origins of a run, and whether they serve. A list may lead to more of them than there is memory
 * for. So an origin without rows and requests is remembered only if something was learned about it, and
 * only the thousand that were used last.
 */
export class OriginRegistry<Row extends Addressed> {
  /** Those that were given up. */
  readonly down: DownOrigins;
  readonly #now: () => number;
  readonly #makeControl: (name: string) => OriginControl;
  readonly #shared: SharedLimits | undefined;
  readonly #origins = new Map<string, OriginQueue<Row>>();
  /** Those without rows and requests, in the order in which they became so. */
  readonly #idle = new Set<OriginQueue<Row>>();

  /**
   * @param now a clock in ms
   * @param makeControl called for each origin, when the first request to it is sent
   * @param shared limits that other runs share
   */
  constructor(
    now: () => number,
    makeControl: (name: string) => OriginControl,
    shared?: SharedLimits | undefined,
  ) {
    this.down = new DownOrigins(now);
    this.#now = now;
    this.#makeControl = makeControl;
    this.#shared = shared;
  }

  /** How many origins have rows or requests. */
  get active(): number {
    return this.#origins.size - this.#idle.size;
  }

  values(): Iterable<OriginQueue<Row>> {
    return this.#origins.values();
  }

  /** The requests in flight, and how many are allowed, for each origin with rows or requests. */
  *loads(): Generator<{ readonly inFlight: number; readonly allowed: number }, void> {
    for (const { inFlight, allowed, waiting } of this.#origins.values()) {
      if (inFlight > 0 || waiting > 0) yield { inFlight, allowed };
    }
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
      this.#takeShare(known);
      return known;
    }
    const origin = new OriginQueue<Row>(name, this.#makeControl);
    this.#origins.set(name, origin);
    this.#takeShare(origin);
    return origin;
  }

  #takeShare(origin: OriginQueue<Row>): void {
    if (this.#shared === undefined || origin.share !== undefined) return;
    origin.share = this.#shared.enter(origin.name);
    origin.shareChanged(this.#now());
  }

  /** Whether an origin serves, as far as is known: it is not held, pausing, or given up. */
  isOpen(name: string): boolean {
    if (this.down.get(name) !== undefined) return false;
    const health = this.#origins.get(name)?.health;
    if (health === undefined) return true;
    return health.state !== 'held' && health.notBefore <= this.#now();
  }

  /**
   * Where a row waits: at its origin, or at an open mirror if the origin is held or was given up. A short
   * pause is no reason to leave an origin.
   * @returns undefined when none of them serves
   */
  originFor({ origin, mirrors }: Row): string | undefined {
    if (mirrors === undefined) return origin;
    const isHeld = this.#origins.get(origin)?.health?.state === 'held';
    if (!isHeld && this.down.get(origin) === undefined) return origin;
    const url = mirrors.find((mirror) => URL.canParse(mirror) && this.isOpen(originOf(mirror)));
    return url === undefined ? undefined : originOf(url);
  }

  /** Moves rows of an origin that is held to their mirrors. @returns the origins that got rows */
  moveToMirrors(origin: OriginQueue<Row>): Set<OriginQueue<Row>> {
    const mirrors = new Set<OriginQueue<Row>>();
    for (let left = origin.rows.size; left > 0; left--) {
      const row = origin.rows.take();
      const name = this.originFor(row) ?? origin.name;
      const target = name === origin.name ? origin : this.use(name);
      target.rows.put(row);
      if (target !== origin) mirrors.add(target);
    }
    return mirrors;
  }

  /**
   * Notes whether an origin is given up, after a request to it.
   * @param before the state of its health until then
   * @returns the error of an origin that is given up by this
   */
  healthChanged(
    { name }: OriginQueue<Row>,
    { state, cause }: OriginHealth,
    before: OriginState,
  ): OriginDownError | undefined {
    if (state === before) return undefined;
    if (before === 'down') this.down.delete(name);
    if (state !== 'down') return undefined;
    const error = new OriginDownError(name, cause);
    this.down.add(name, error);
    return error;
  }

  /** The origin has neither rows nor requests. @param isPaused whether it must not be sent any now */
  rest(origin: OriginQueue<Row>, isPaused: boolean): void {
    origin.inTurn = 0;
    this.#leave(origin);
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

  #leave(origin: OriginQueue<Row>): void {
    if (origin.share === undefined) return;
    origin.share = undefined;
    // After an origin was given up, another one may have its name, and needs the share.
    if (this.#origins.get(origin.name) === origin) this.#shared?.leave(origin.name);
  }

  #forget(origin: OriginQueue<Row>): void {
    this.#idle.delete(origin);
    // After an origin was given up, another one may have its name.
    if (this.#origins.get(origin.name) === origin) this.#origins.delete(origin.name);
  }
}
