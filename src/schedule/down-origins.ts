import type { OriginDownError } from '../model/failure.ts';

/** The most origins that are remembered. */
const MOST = 1_000;
/** How long an origin is remembered, in ms. The next row after that tries it again. */
const REMEMBERED = 300_000;
/** How many causes of an error are looked at: an error could be its own cause. */
const DEEPEST = 10;

/** The origins that were given up in the last five minutes, up to a thousand. */
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

  /** Why `origin` was given up; undefined when it was not, or is forgotten. */
  get(origin: string): OriginDownError | undefined {
    if (this.#origins.size === 0) return undefined;
    const down = this.#origins.get(origin);
    if (down === undefined) return undefined;
    if (this.#now() < down.until) return down.error;
    this.#origins.delete(origin);
    return undefined;
  }

  /** @param until when the next row may try it again, in ms of the clock. @default in five minutes */
  add(origin: string, error: OriginDownError, until = this.#now() + REMEMBERED): void {
    releaseFrames(error);
    this.#origins.delete(origin);
    this.#origins.set(origin, { error, until });
    const [oldest] = this.#origins.keys();
    if (this.#origins.size > MOST && oldest !== undefined) this.delete(oldest);
  }

  /** The origin serves after all. */
  delete(origin: string): void {
    this.#origins.delete(origin);
  }
}

/**
 * Until the stack of an error is read, V8 keeps its frames and the objects that they ran on: a row with its
 * tries and its buffers. A thousand origins took 15 MB that way.
 */
function releaseFrames(error: Error): void {
  let cause: unknown = error;
  for (let depth = 0; depth < DEEPEST && cause instanceof Error; depth++) {
    void cause.stack;
    cause = cause.cause;
  }
}
