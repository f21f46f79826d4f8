import { inspect } from 'node:util';

/** The longest delay that `setTimeout` takes, 24.8 days: a longer one fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls a function once, `ms` milliseconds from now, unless cleared before. Any delay will do:
 * `Infinity` never fires but keeps the process alive as other timers do, and 0 or less fires once
 * all that is ready has had its turn.
 *
 * @hidden
 */
export class Timer {
  readonly #fire: () => void;
  #timeout: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** @throws TypeError when `ms` is no number; RangeError when it is NaN */
  constructor(ms: number, fire: () => void) {
    checkTime(ms);
    this.#fire = fire;
    // `setTimeout(0)` waits for a whole millisecond.
    if (ms <= 0) this.#immediate = setImmediate(fire);
    else this.#start(ms);
  }

  clear(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
  }

  #start(ms: number): void {
    if (ms <= LONGEST_MS) this.#timeout = setTimeout(this.#fire, ms);
    else this.#timeout = setTimeout(() => this.#start(ms - LONGEST_MS), LONGEST_MS);
  }
}

/** @returns `ms` @throws TypeError when it is no number; RangeError when it is NaN */
export function checkTime(ms: number): number {
  if (typeof ms === 'number' && !Number.isNaN(ms)) return ms;
  const Kind = typeof ms === 'number' ? RangeError : TypeError;
  throw new Kind(`a time in milliseconds must be a number, not ${inspect(ms, { depth: 0 })}`);
}
