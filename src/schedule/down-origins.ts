import type { OriginDownError } from '../model/failure.ts';

/** Origins that are remembered. */
const MOST = 1_000;
/** For how long, in ms; then a row tries again. */
const REMEMBERED = 300_000;

/** Origins that were given up a while ago: those latest, up to a thousand. */
export class DownOrigins {
  readonly #now: () => number;
  /** The oldest first. */
  readonly #origins = new Map<
    string,
    { readonly error: OriginDownError; readonly until: number }
  >();

  /** @param now a clock in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Why `origin` was given up; undefined when it was not, or long ago. */
  get(origin: string): OriginDownError | undefined {
    if (this.#origins.size === 0) return undefined;
    const down = this.#origins.get(origin);
    if (down === undefined) return undefined;
    if (this.#now() < down.until) return down.error;
    this.#origins.delete(origin);
    return undefined;
  }

  add(origin: string, error: OriginDownError): void {
    this.#origins.delete(origin);
    this.#origins.set(origin, { error, until: this.#now() + REMEMBERED });
    if (this.#origins.size > MOST) this.delete(this.#origins.keys().next().value as string);
  }

  /** It works after all. */
  delete(origin: string): void {
    this.#origins.delete(origin);
  }
}
