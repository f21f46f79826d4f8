import { runningTask } from './async-context.ts';
import { Combinator } from './combinator.ts';
import { debugging, noteSuspension } from './debug.ts';
import { type Cancelled, isBeginning, watchForSteps } from './delivery-window.ts';
import type { CancelledError } from './errors.ts';
import { Future } from './future.ts';
import { Interruption } from './interruption.ts';
import { RareTaskFields } from './rare-task-fields.ts';
import { currentTurn } from './turn.ts';
import { holdRejectionsForGood } from './unhandled.ts';

/**
 * Code that runs, as a future of its result: which waits it is suspended on, and how a cancellation
 * reaches it there. A subclass starts the code, and says how it has ended.
 */
export abstract class Interruptible<T> extends Future<T> implements Cancelled {
  /** The future that the task is suspended on. Nearly always there is one, so the set is for more. */
  #wait: Future<unknown> | undefined;
  /** The future awaited last, unless the task may have gone on since without a wait of this module. */
  #latestWait: Future<unknown> | Combinator | undefined;
  /** Waits that it began and has not awaited so far. */
  #lastBegun: Future<unknown> | undefined;
  /**
   * The wait that ended last: it takes its value back if the task ends as cancelled in the same turn. Once
   * the task is done, the wait that its result came from, which can take the result back.
   */
  #lastArrived: Future<unknown> | undefined;
  #arrivalTurn = 0;
  /** The cancellation that the code has not seen, as far as the module can tell. */
  #pending: Interruption | undefined;
  /** How many times `cancel()` was called, less the calls of `uncancel()`. */
  #cancelling = 0;
  /** Most tasks need none of these. */
  #rare: RareTaskFields | undefined;

  /** @param giveBack called when the code has returned a result and ends as cancelled all the same */
  constructor(giveBack: (() => void) | undefined) {
    super();
    if (giveBack !== undefined) this.#needRare().giveBack = giveBack;
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done() || this.#rare?.isInterrupting) return false;
    if (thrown !== reason) this.#needRare().throwFor(reason, thrown);
    this.interruptWith(reason, reason);
    return true;
  }

  /** How many times the task was cancelled, less the calls of {@link uncancel}. Counterpart: `Task.cancelling()`. */
  cancelling(): number {
    return this.#cancelling;
  }

  /**
   * Takes one cancellation request back, once its CancelledError was caught and dealt with.
   * Counterpart: `Task.uncancel()`.
   * @returns how many are left
   */
  uncancel(): number {
    if (this.#cancelling > 0) this.#cancelling--;
    if (this.#cancelling === 0) this.#pending = undefined;
    return this.#cancelling;
  }

  /**
   * Aborts when the task is cancelled, for what knows signals and not this module: `fetch`,
   * `node:fs`, `node:timers/promises`. Ask for it where it is passed on: once a cancellation was
   * delivered this is a fresh signal, so that cleanup can use it too.
   */
  get signal(): AbortSignal {
    const kept = this.#keptCancellation();
    // An operation that gets this signal rejects at once.
    if (kept !== undefined) this.#noteDelivery(kept, true, true);
    return this.#needRare().signal(kept?.reason);
  }

  /** @internal */
  noteBegun(wait: Future<unknown>): void {
    // It is over before it takes anything. The cancellation is kept until the wait is awaited.
    const kept = this.#keptCancellation();
    if (kept !== undefined) wait.interrupt(kept.reason, kept.thrown);
    const before = this.#lastBegun;
    this.#lastBegun = wait;
    if (before === undefined || before.done() || before.isObserved) return;
    this.#needRare().addBegun(before);
  }

  /** @internal */
  suspendOn(future: Future<unknown>): void {
    this.#lastArrived = undefined;
    if (this.#lastBegun === future) this.#lastBegun = undefined;
    const pending = this.#pending;
    if (future.done()) {
      this.#noteArrival(future);
      if (pending !== undefined && future.cancelledFor(pending.reason))
        this.#noteDelivery(pending, true, true);
      return;
    }
    // The code has come to its next wait: what was delivered a moment ago has reached it.
    if (pending?.isDelivered && !isBeginning(this)) this.noteStep();
    else if (pending !== undefined) {
      const { reason, thrown } = pending;
      const isReached = future.cancelledFor(reason) || future.interrupt(reason, thrown);
      if (isReached) this.#noteDelivery(pending, true, true);
    }
    if (future.done()) return;
    if (debugging()) noteSuspension(this);
    future.observe(this);
    this.#latestWait = future;
    if (this.#wait === undefined) this.#wait = future;
    else if (this.#wait !== future) this.#needRare().addWait(future);
  }

  /** @internal */
  awaitWith(future: Future<unknown>, combinator: Combinator): void {
    if (this.#latestWait === future) this.#latestWait = combinator;
    // What its members have shown does not reach the code.
    if (combinator.isSettling && this.#pending?.isDelivered) this.#pending.isDelivered = false;
  }

  /** `future`, which the task awaited, is done. @internal */
  resumeFrom(future: Future<unknown>): void {
    const latest = this.#latestWait;
    if (latest instanceof Combinator) latest.noteEnd(future);
    if (!(latest instanceof Combinator && latest.isPending())) this.#latestWait = undefined;
    if (this.#wait === future) this.#wait = undefined;
    else this.#rare?.moreWaits?.delete(future);
    if (this.#pending?.wasUnended(future)) watchForSteps(this, false);
    this.#noteArrival(future);
  }

  /** Takes back the cancellation that {@link interrupt} made with `reason`. @internal */
  withdraw(reason: CancelledError): void {
    this.uncancel();
    if (this.#pending?.reason === reason) this.#pending = undefined;
  }

  /** Whether a cancellation has reached nothing yet that would show it. @internal */
  get hasPendingCancellation(): boolean {
    return this.#keptCancellation() !== undefined;
  }

  /** The cancellation that the code has not seen, as far as the module can tell. */
  protected get pendingInterruption(): Interruption | undefined {
    return this.#pending;
  }

  /** Throws the cancellation that has reached nothing yet, if there is one. @internal */
  throwPendingCancellation(): void {
    const kept = this.#keptCancellation();
    if (kept === undefined) return;
    this.#pending = undefined;
    kept.isSeen = true;
    throw kept.thrown;
  }

  /** @internal */
  noteStep(): void {
    const pending = this.#pending;
    if (!pending?.isDelivered) return;
    this.#pending = undefined;
    pending.isSeen = true;
  }

  /** @internal */
  closeWindow(wasFollowed: boolean): void {
    const pending = this.#pending;
    if (!pending?.isDelivered) return;
    pending.isFresh = false;
    if (pending.isUnderWay) return;
    if (!wasFollowed && pending.isLikely) this.noteStep();
    // It was not seen, so it is for the next wait.
    else pending.isDelivered = false;
  }

  /** @internal */
  override get isReturnable(): boolean {
    return this.done() && this.#lastArrived !== undefined;
  }

  /** @internal */
  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.#lastArrived?.takeBack(value);
  }

  /** The code has returned `value`. */
  override setResult(value: T): void {
    if (!this.#lastArrived?.finishedWith(value)) this.#lastArrived = undefined;
    this.noteStep();
    super.setResult(value);
  }

  /** The code has thrown `error`. */
  override setException(error: unknown): void {
    this.#lastArrived = undefined;
    super.setException(error);
  }

  protected override endCancelled(reason: CancelledError): void {
    this.#lastArrived = undefined;
    this.noteStep();
    super.endCancelled(reason, this.#rare === undefined ? reason : this.#rare.thrownFor(reason));
  }

  protected override ended(): void {
    this.#lastBegun = undefined;
  }

  /** Puts back what the code has got in this turn and returned as `value`: the task ends as cancelled. */
  protected dropResult(value: T): void {
    if (this.#arrivalTurn === currentTurn()) this.#lastArrived?.takeBack(value);
    this.#rare?.giveBack?.();
  }

  #noteArrival(future: Future<unknown>): void {
    if (!future.isReturnable) return;
    this.#lastArrived = future;
    this.#arrivalTurn = currentTurn();
  }

  /** The pending cancellation, unless it was delivered a moment ago. */
  #keptCancellation(): Interruption | undefined {
    return this.#pending?.isDelivered ? undefined : this.#pending;
  }

  /**
   * Has the code of this task see `thrown` at the `await` where it is suspended, as if that had failed.
   *
   * @internal
   */
  interruptWith(thrown: unknown, reason: CancelledError): Interruption {
    const interruption = new Interruption(reason, thrown);
    holdRejectionsForGood();
    this.#cancelling++;
    if (this.#pending?.coversNext) return this.#pending;
    const mayBeInCircle = this.#wait?.isLeaf === false || this.#rare?.moreWaits?.size;
    if (!mayBeInCircle) this.#deliver(interruption);
    else {
      const rare = this.#needRare();
      rare.isInterrupting = true;
      try {
        this.#deliver(interruption);
      } finally {
        rare.isInterrupting = false;
      }
    }
    this.#rare?.abort(reason);
    return interruption;
  }

  /**
   * Interrupts everything that the task is suspended on.
   *
   * That does not say that the code sees it: a race may have been lost, an async call may not be
   * awaited, a response may have come whose body still listens to the signal. It counts as seen when
   * the code goes on before the event loop turns, and is kept for the next wait otherwise.
   */
  #deliver(interruption: Interruption): void {
    const { reason } = interruption;
    const latest = this.#latestWait;
    const combinator = latest instanceof Combinator && latest.isPending() ? latest : undefined;
    this.#pending = interruption;
    let isReached = this.#rare?.isSignalHeard === true;
    // A wait leaves the task as it is interrupted, so these are the ones of before.
    for (const wait of this.waits()) {
      // Before, because the wait may be the last member that the combinator waits for.
      const isAwaited = wait === latest || combinator?.has(wait) === true;
      if (interruption.interrupt(wait, isAwaited)) isReached = true;
    }
    for (const wait of this.#rare?.floatingWaits() ?? []) wait.interrupt(reason);
    if (this.#lastBegun?.isObserved === false) this.#lastBegun.interrupt(reason);
    const isKeptBack = latest instanceof Combinator && latest.isSettling;
    if (isReached && !isKeptBack) this.#noteDelivery(interruption, interruption.isLikely);
  }

  /** @param isOwn the code of this task itself has begun what shows it */
  #noteDelivery(interruption: Interruption, isLikely: boolean, isOwn = false): void {
    interruption.deliver(isLikely);
    // A callback that inherited the task's context may be what cancels it.
    watchForSteps(this, isOwn || runningTask() === this);
  }

  /** Everything that the task is suspended on. @internal */
  waits(): Future<unknown>[] {
    const first = this.#wait === undefined ? [] : [this.#wait];
    const more = this.#rare?.moreWaits;
    return more === undefined ? first : [...first, ...more];
  }

  #needRare(): RareTaskFields {
    this.#rare ??= new RareTaskFields();
    return this.#rare;
  }
}
