import type { Outcome } from '../model/outcome.ts';
import { count, EMPTY_TALLY, type Tally } from './tally.ts';

/**
 * Holds the outcomes against what was asked for: each name is to answer exactly once. A name that
 * never does, or does twice, is a bug of this program, and this is where it shows.
 */
export class RollCall {
  readonly #waitedFor: Set<string>;
  readonly #unexpected: string[] = [];
  #tally = EMPTY_TALLY;

  constructor(names: Iterable<string>) {
    this.#waitedFor = new Set(names);
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** `name` ended with `outcome`. */
  answer(name: string, outcome: Outcome): void {
    if (!this.#waitedFor.delete(name)) this.#unexpected.push(name);
    else this.#tally = count(this.#tally, outcome);
  }

  /** The run was stopped: those whose turn never came are cancelled. */
  cancelRest(): void {
    this.#tally = count(this.#tally, { status: 'cancelled' }, this.#waitedFor.size);
    this.#waitedFor.clear();
  }

  /** The names that have not answered, or not exactly once. Empty when everything is accounted for. */
  unaccounted(): readonly string[] {
    return [...this.#waitedFor, ...this.#unexpected];
  }
}
