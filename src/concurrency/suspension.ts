import { runningTask } from './async-context.ts';
import type { CancelledError } from './errors.ts';
import { Future } from './future.ts';
import { keepShape } from './shapes.ts';
import { isTurnOverdue, nextTurn } from './turn.ts';

declare global {
  // Merged with the type in `@types/node` or TypeScript's `dom`, for programs compiled without either.
  interface AbortSignal {}
}

/** A wait that was resumed, and whose value has not arrived yet. */
interface Arrival {
  arrive(): void;
}

const soon = Promise.resolve();
/** The waits whose values arrive next. Nearly always one: an array for each would be garbage at once. */
let arriving: Arrival | undefined;
let arrivingToo: Arrival[] = [];

/** How many values were handed over. */
let turns = 0;

/** Options of every wait of this module. */
export interface WaitOptions {
  /** Ends the wait when it aborts: the wait rejects with the signal's reason. @default undefined */
  signal?: AbortSignal | undefined;
}

/**
 * One wait of one caller, as a future that ends in exactly one way: resumed with a value, failed,
 * cancelled, or aborted by its signal. However it ends, it leaves neither a listener on the signal nor
 * an entry in the task that awaits it.
 *
 * The value of {@link resume} arrives one turn of the microtask queue later. A cancellation that comes
 * in between takes it back: the waiting code sees the cancellation, and {@link giveBack} the value.
 *
 * Subclasses free in {@link abandon} what else the wait holds, such as a place in a queue or a timer.
 * Counterpart: the future that asyncio's primitives create per waiter.
 *
 * @hidden
 */
export abstract class Suspension<T> extends Future<T> {
  #signal: AbortSignal | undefined;
  /** From {@link resume} until it arrives. */
  #value: T | undefined;
  /** When it was resumed, among all that were; 0 before. */
  #turn = 0;

  /** Called once, when the wait is given up before it was resumed. */
  protected abandon(): void {}

  /**
   * Puts back a value that was handed over, and that the waiting code will not get.
   * @param _turn larger for what was handed over later
   */
  protected giveBack(_value: T, _turn: number): void {}

  override get isLeaf(): boolean {
    return true;
  }

  /** Begins the wait. Has `signal` end it, at once when it has aborted already. */
  begin(signal: AbortSignal | undefined): this {
    runningTask()?.noteBegun(this);
    if (this.done()) return this;
    if (signal?.aborted) {
      this.abandon();
      this.setException(signal.reason);
    } else if (signal !== undefined) {
      this.#signal = signal;
      signal.addEventListener('abort', this);
    }
    return this;
  }

  /**
   * Begins the wait with its value there already: it is over at once, unless timers and I/O have waited
   * for too long. Cancelled, if its task was.
   */
  beginWith(value: T, isOverdue = isTurnOverdue()): this {
    const task = runningTask();
    // A loop over such waits would not see a cancellation otherwise.
    const isCancelled = task?.hasPendingCancellation === true;
    if (!isCancelled && isOverdue) this.resume(value, handOverNextTurn);
    else {
      this.#value = value;
      this.#turn = ++turns;
      if (isCancelled) task?.noteBegun(this);
      this.arrive();
    }
    return this;
  }

  /** Ends the wait with its value, which can still be taken back. Does nothing when it is over. */
  resume(value: T, handOver: (wait: this) => void = handOverSoon): void {
    if (this.#turn !== 0 || this.done()) return;
    this.#value = value;
    this.#turn = ++turns;
    handOver(this);
  }

  /** Called when the value of {@link resume} is due. */
  arrive(): void {
    if (!this.done()) this.setResult(this.#value as T);
    this.#value = undefined;
  }

  /** Ends the wait with the failure of what it waits for. Does nothing when it is over. */
  fail(error: unknown): void {
    if (this.#turn === 0 && !this.done()) this.setException(error);
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown?: unknown): boolean {
    if (this.done()) return false;
    if (this.#turn !== 0) this.giveBack(this.#value as T, this.#turn);
    else this.abandon();
    return super.interrupt(reason, thrown);
  }

  /** @internal */
  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.giveBack(value as T, this.#turn);
  }

  /** The signal's `abort` event. An object as listener saves a closure per wait. */
  handleEvent(): void {
    if (this.#turn !== 0 || this.done()) return;
    this.abandon();
    this.setException(this.#signal?.reason);
  }

  override get [Symbol.toStringTag](): string {
    return 'Wait';
  }

  protected override ended(): void {
    this.#signal?.removeEventListener('abort', this);
  }
}

/** A wait that is over from the start. It has less to hold than one that waits. */
export class Ready<T> extends Future<T> {
  readonly #giveBack: ((value: T, turn: number) => void) | undefined;
  readonly #turn: number;

  /** @param giveBack gets the value if the code that got it has dropped it, and when it was handed over */
  constructor(value: T, giveBack: ((value: T, turn: number) => void) | undefined) {
    super();
    this.#giveBack = giveBack;
    this.#turn = ++turns;
    this.finishAtOnce(value);
  }

  override get isReturnable(): boolean {
    return this.#giveBack !== undefined;
  }

  /** @internal */
  override takeBack(value: unknown): void {
    if (this.finishedWith(value)) this.#giveBack?.(value as T, this.#turn);
  }

  override get [Symbol.toStringTag](): string {
    return 'Wait';
  }
}

keepShape(new Ready(undefined, undefined));

/** A wait that has failed from the start. */
export class Failed<T> extends Suspension<T> {
  constructor(error: unknown) {
    super();
    this.setException(error);
  }
}

/**
 * Has `wait` arrive one turn of the microtask queue from now, with all that are handed over until then.
 * When timers and I/O have waited for too long, they come first.
 */
function handOverSoon(wait: Arrival): void {
  if (arriving !== undefined) {
    arrivingToo.push(wait);
    return;
  }
  arriving = wait;
  if (isTurnOverdue()) nextTurn(arriveAll);
  else soon.then(arriveAll);
}

/** Has `wait` arrive once timers and I/O have had their turn. */
function handOverNextTurn(wait: Arrival): void {
  nextTurn(() => wait.arrive());
}

function arriveAll(): void {
  const first = arriving;
  const others = arrivingToo;
  // An arrival may hand over more: those are for the next turn.
  arriving = undefined;
  if (others.length === 0) {
    first?.arrive();
    return;
  }
  arrivingToo = [];
  first?.arrive();
  for (const wait of others) wait.arrive();
}
