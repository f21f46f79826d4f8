/** What `Promise.all` and its like pass to `then`. */
type Settler = (value: never) => unknown;

/** A future that is a member of a combinator. */
interface Member {
  done(): boolean;
  failed(): boolean;
  cancelled(): boolean;
}

/** By the functions that its members were given. */
const known = new WeakMap<Settler, Combinator>();

/** Those made since the microtask queue last ran. */
let fresh: Combinator[] = [];

/**
 * A call of `Promise.all`, `race`, `any` or `allSettled` with futures, as far as it can be told apart:
 * by the functions that it passes to `then`, which some of its members have in common.
 *
 * | members share | it is |
 * |---|---|
 * | both functions | `race` |
 * | the one for failures | `all` |
 * | the one for results | `any` |
 * | nothing | `allSettled` |
 *
 * With one member it cannot be told.
 */
export class Combinator {
  readonly #members = new Set<Member>();
  readonly #onRejected: Settler;
  readonly #siblings: readonly Combinator[];
  #done = 0;
  #failed = 0;
  #isAll = false;
  #isRace = false;

  constructor(onRejected: Settler) {
    this.#onRejected = onRejected;
    if (fresh.length === 0) queueMicrotask(forgetFresh);
    fresh.push(this);
    this.#siblings = fresh;
  }

  /** The one that `then` was called by, with `future` as its newest member. */
  static of(future: Member, onFulfilled: Settler, onRejected: Settler): Combinator {
    const byFailure = known.get(onRejected);
    const combinator = byFailure ?? known.get(onFulfilled) ?? new Combinator(onRejected);
    if (byFailure !== undefined) {
      if (known.get(onFulfilled) === combinator) combinator.#isRace = true;
      else combinator.#isAll = true;
    }
    known.set(onFulfilled, combinator);
    if (onRejected === combinator.#onRejected) known.set(onRejected, combinator);
    combinator.#members.add(future);
    if (future.done()) combinator.noteEnd(future);
    return combinator;
  }

  has(future: Member): boolean {
    return this.#members.has(future);
  }

  /** `future`, one of its members, is done. */
  noteEnd(future: Member): void {
    if (!this.#members.has(future)) return;
    this.#done++;
    if (future.failed() || future.cancelled()) this.#failed++;
  }

  /** Whether it is certain to be undecided: a member that fails now is the failure of the whole. */
  isPending(): boolean {
    if (this.#isRace) return this.#done === 0;
    return this.#isAll && this.#failed === 0 && this.#done < this.#members.size;
  }

  /** Whether it keeps failures to itself: `allSettled`, of whose members each looks like one of its own. */
  get isSettling(): boolean {
    const isAlone = ({ size }: ReadonlySet<unknown>) => size === 1;
    return this.#siblings.length > 1 && this.#siblings.every((each) => isAlone(each.#members));
  }
}

function forgetFresh(): void {
  fresh = [];
}

/** Whether `fn` is one of the functions that JavaScript itself makes to settle a promise. */
export function isSettler(fn: unknown): boolean {
  if (typeof fn !== 'function' || fn.name !== '') return false;
  const source = Function.prototype.toString.call(fn);
  return source.length < 64 && source.includes('[native code]');
}
