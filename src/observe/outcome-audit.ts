import type { Outcome } from '../model/outcome.ts';
import { count, EMPTY_TALLY, type Tally } from './tally.ts';

/**
 * Compares the outcomes with the names that were asked for. Each name has exactly one outcome; a name
 * without one, or with two, is a bug of this program.
 */
export class OutcomeAudit {
  readonly #missing: Set<string>;
  readonly #unexpected: string[] = [];
  #tally = EMPTY_TALLY;

  constructor(names: Iterable<string>) {
    this.#missing = new Set(names);
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** Counts the outcome of `name`. */
  add(name: string, outcome: Outcome): void {
    if (!this.#missing.delete(name)) this.#unexpected.push(name);
    else this.#tally = count(this.#tally, outcome);
  }

  /** Counts the names without an outcome as cancelled: the run was stopped before their turn came. */
  cancelRest(): void {
    this.#tally = count(this.#tally, { status: 'cancelled' }, this.#missing.size);
    this.#missing.clear();
  }

  /** The names without exactly one outcome. Empty when everything is accounted for. */
  unaccounted(): readonly string[] {
    return [...this.#missing, ...this.#unexpected];
  }
}
