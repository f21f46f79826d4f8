import { debugging, noteOrigin } from './debug.ts';
import { type CancelledError, InvalidStateError, newCancellation } from './errors.ts';
import { inBrief } from './inspectable.ts';
import { END, type EndState, Settlement } from './settlement.ts';

/** What `Future.resolve()` and the like pass to the constructor. */
export type Executor<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => void;

/** Of the promise under construction. One variable for all saves two closures for each. */
let settlement: Settlement<Settleable<unknown>> | undefined;

/**
 * A promise that is settled from outside, once, and can be asked for its state and result. A subclass
 * says how it is awaited.
 */
export abstract class Settleable<T> extends Promise<T> {
  readonly #settlement: Settlement<Settleable<unknown>>;

  /** @param executor as that of a Promise, for `Future.resolve()` and the like */
  constructor(executor?: Executor<T>) {
    super(makeSettlement);
    this.#settlement = settlement as Settlement<Settleable<unknown>>;
    // It would keep the future from being collected.
    settlement = undefined;
    if (debugging()) noteOrigin(this);
    if (executor !== undefined) Settleable.#execute(this, executor);
  }

  /** @internal */
  protected static settlementOf(future: Settleable<unknown>): Settlement<Settleable<unknown>> {
    return future.#settlement;
  }

  /** Whether it has a result, a failure, or was cancelled. */
  done(): boolean {
    return this.#settlement.isDone;
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#settlement.isCancelled;
  }

  /**
   * The result, without waiting.
   * @throws InvalidStateError while pending; the failure when it failed; CancelledError when it
   *   was cancelled
   */
  result(): T {
    const settlement = this.#settlement;
    if (!settlement.isDone) throw new InvalidStateError('the result is not there yet');
    settlement.look(this);
    if (settlement.isFinished) return settlement.outcome as T;
    throw settlement.outcome;
  }

  /**
   * The failure, or undefined when it has a result. Without waiting.
   * @throws InvalidStateError while pending; CancelledError when it was cancelled
   */
  exception(): unknown {
    const settlement = this.#settlement;
    if (!settlement.isDone) throw new InvalidStateError('the result is not there yet');
    settlement.look(this);
    if (settlement.isCancelled) throw settlement.outcome;
    return settlement.isFailed ? settlement.outcome : undefined;
  }

  /** @throws InvalidStateError when it is done already */
  setResult(value: T): void {
    mustBePending(this);
    Settleable.#finish(this, END.finished, value);
  }

  /** @throws InvalidStateError when it is done already */
  setException(error: unknown): void {
    mustBePending(this);
    Settleable.#finish(this, END.failed, error);
  }

  /** @returns false when it was done already, and nothing changed */
  cancel(message?: string): boolean {
    return this.interrupt(newCancellation(message));
  }

  /**
   * {@link cancel} with the error given: how the cancellation of an awaiting task gets here.
   *
   * @param thrown what `await` throws, if that is not `reason`: a failure in the task's group
   * @internal
   */
  interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done()) return false;
    this.endCancelled(reason, thrown);
    return true;
  }

  /** Whether it waits for no other future. @internal */
  get isLeaf(): boolean {
    return false;
  }

  /** Whether its result is an item, a permit or the like, which can be put back. @internal */
  get isReturnable(): boolean {
    return false;
  }

  /** Puts its result back, if `value` is it: the code that got it has dropped it. @internal */
  takeBack(_value: unknown): void {}

  /** Gives it its result in the constructor, when nothing can wait for it so far. */
  protected finishAtOnce(value: T): void {
    this.#settlement.finishAtOnce(value);
  }

  /** Ends it as cancelled, for `reason`. */
  protected endCancelled(reason: unknown, thrown: unknown = reason): void {
    Settleable.#finish(this, END.cancelled, reason, thrown);
  }

  /** Called once, when it is done, before anything that waits for it. */
  protected ended(): void {}

  /** Whether it failed. Unlike `exception()`, asking does not count as having looked. @internal */
  failed(): boolean {
    return this.#settlement.isFailed;
  }

  /** Whether it has a result, and it is `value`. @internal */
  finishedWith(value: unknown): boolean {
    return this.#settlement.isFinished && Object.is(this.#settlement.outcome, value);
  }

  /** Whether it ended for the cancellation `reason`. @internal */
  cancelledFor(reason: CancelledError): boolean {
    return this.#settlement.isDone && this.#settlement.outcome === reason;
  }

  /** Whether `error` is its failure. @internal */
  failedWith(error: unknown): boolean {
    return this.#settlement.isFailed && this.#settlement.outcome === error;
  }

  /** For example `<Future pending>`. */
  override toString(): string {
    return `<${this[Symbol.toStringTag]} ${this.describe().join(' ')}>`;
  }

  /** The words that {@link toString} shows. */
  protected describe(): string[] {
    const { isFinished, isFailed, outcome } = this.#settlement;
    const words = [String(this.#settlement)];
    if (isFinished) words.push(`result=${inBrief(outcome)}`);
    if (isFailed) words.push(`exception=${inBrief(outcome)}`);
    return words;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // Static: a private method of instances would cost each future a field, and time to set it.
  static #finish(
    future: Settleable<unknown>,
    state: EndState,
    outcome: unknown,
    thrown: unknown = outcome,
  ): void {
    future.#settlement.settle(state, outcome);
    future.ended();
    future.#settlement.announce(future, thrown);
  }

  // A function of its own: the closures would take room at each call of the constructor.
  static #execute<T>(future: Settleable<T>, executor: Executor<T>): void {
    executor(
      (value) => Settleable.#settleOnce(future, END.finished, value),
      (error) => Settleable.#settleOnce(future, END.failed, error),
    );
  }

  static #settleOnce(future: Settleable<unknown>, state: EndState, outcome: unknown): void {
    if (!future.done()) Settleable.#finish(future, state, outcome);
  }
}

function mustBePending(future: Settleable<unknown>): void {
  if (future.done()) throw new InvalidStateError(`${future} is done already`);
}

/** Passed to the constructor of `Promise`. */
function makeSettlement(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  settlement = new Settlement(resolve, reject);
}
