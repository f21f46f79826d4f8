import { inspect } from 'node:util';
import { asyncContext, type ContextSwitch, runningTask, type Scope } from './async-context.ts';
import { Combinator } from './combinator.ts';
import {
  debugging,
  noteCreator,
  noteEnd,
  noteFailure,
  noteStart,
  noteSuspension,
} from './debug.ts';
import { type Cancelled, isBeginning, watchForSteps } from './delivery-window.ts';
import { type CancelledError, cancellationOf } from './errors.ts';
import { Future, interruptChild } from './future.ts';
import { Interruption } from './interruption.ts';
import { RareTaskFields } from './rare-task-fields.ts';
import { keepShape } from './shapes.ts';
import { currentTurn, isTurnOverdue, nextTurn } from './turn.ts';
import { holdRejections } from './unhandled.ts';

/** Options of {@link createTask}. */
export interface TaskOptions {
  /**
   * Shown in warnings and by `toString()`.
   * @default `Task-1`, `Task-2`, …
   */
  name?: string | undefined;
}

/** What a task runs: an async function, or one that returns its result at once. */
export type TaskFunction<T> = () => T | PromiseLike<T>;

/** For the constructor of {@link Task}, in this module only. */
interface InternalOptions {
  readonly scope?: Scope;
  /** Whether the constructor calls the function, in place of a later microtask. */
  readonly isEager?: boolean;
  /** As `isEager`, for code that makes many of them. @internal */
  readonly contextSwitch?: ContextSwitch;
  /** Called when the task has a result and ends as cancelled all the same. */
  readonly giveBack?: () => void;
}

const settled = Promise.resolve();
let created = 0;
let isHolding = false;

/**
 * A function running on its own, as a {@link Future} of its result. Counterpart: `asyncio.Task`.
 *
 * {@link cancel} makes a CancelledError appear at the `await` where the task is suspended. It can only
 * appear at waits of this module and at what was given {@link signal}; while the task awaits anything
 * else, or if it cannot be known whether the error arrived, the cancellation is for its next wait.
 */
export class Task<T> extends Future<T> implements Cancelled {
  /** The name given, or the number for one. */
  readonly #name: string | number;
  #fn: TaskFunction<T> | undefined;
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
  /** The `run()` it belongs to: the one of the task that created it. @internal */
  readonly scope: Scope | undefined;

  /** @param internal for the main task of a `run()`, and for waits that begin at once */
  constructor(fn: TaskFunction<T>, options?: TaskOptions, internal?: InternalOptions) {
    if (typeof fn !== 'function') throw new TypeError(expectedFunction(fn));
    super();
    created++;
    this.#name = options?.name ?? created;
    this.#fn = fn;
    this.scope = internal?.scope ?? asyncContext.getStore()?.scope;
    if (internal?.giveBack !== undefined) this.#needRare().giveBack = internal.giveBack;
    this.scope?.add(this);
    if (debugging()) {
      noteStart(this);
      noteCreator(this, runningTask());
    }
    if (internal?.contextSwitch !== undefined) internal.contextSwitch.run(this, start);
    else if (internal?.isEager) asyncContext.run(this, start, this);
    else startSoon(this);
  }

  /** As an async context it is its own task. @internal */
  get task(): this {
    return this;
  }

  /** The name given, or `Task-1`, `Task-2`, … */
  get name(): string {
    return typeof this.#name === 'string' ? this.#name : `Task-${this.#name}`;
  }

  /**
   * Asks the task to end. The task decides: it may catch the CancelledError, clean up (and wait
   * while doing so), and even go on, or return a value, which refuses the cancellation. A task that
   * has not started never runs. Counterpart: `Task.cancel()`.
   *
   * @returns false when the task was done already
   */
  override cancel(message?: string): boolean {
    return super.cancel(message);
  }

  /** @internal */
  override interrupt(reason: CancelledError, thrown: unknown = reason): boolean {
    if (this.done() || this.#rare?.isInterrupting) return false;
    if (thrown !== reason) {
      const rare = this.#needRare();
      rare.ownReason = reason;
      rare.thrownAtEnd = thrown;
    }
    this.#interruptWaits(reason, reason);
    return true;
  }

  /**
   * Has the code of this task see `failure` at the `await` where it is suspended, as if that had failed.
   *
   * @internal
   */
  interruptWith(failure: unknown, reason: CancelledError): Interruption {
    return this.#interruptWaits(reason, failure);
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
    const rare = this.#needRare();
    if (rare.abort === undefined || (rare.abort.signal.aborted && kept === undefined)) {
      rare.abort = new AbortController();
      if (kept !== undefined) rare.abort.abort(kept.reason);
    }
    // An operation that gets this signal rejects at once.
    if (kept !== undefined) this.#noteDelivery(kept, true, true);
    return rare.abort.signal;
  }

  /** A task's result comes from its function. @throws TypeError always */
  override setResult(_value: T): never {
    throw new TypeError(`${this} takes its result from its function`);
  }

  /** A task's failure comes from its function. @throws TypeError always */
  override setException(_error: unknown): never {
    throw new TypeError(`${this} takes its failure from its function`);
  }

  override get [Symbol.toStringTag](): string {
    return 'Task';
  }

  protected override describe(): string[] {
    const [state = '', ...rest] = super.describe();
    const cancelling = !this.done() && this.#cancelling > 0;
    const words = [cancelling ? 'cancelling' : state, `name='${this.name}'`, ...rest];
    if (this.#fn?.name) words.push(`fn=${this.#fn.name}`);
    return words;
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

  /** Called once, soon after the creation, in the task's own context. @internal */
  start(): void {
    if (this.#pending !== undefined) {
      this.#endCancelled(this.#pending.reason);
      return;
    }
    const fn = this.#fn as TaskFunction<T>;
    try {
      const result = fn();
      if (result instanceof Future) result.whenDone(succeed, fail);
      else Promise.resolve(result).then(succeed, fail);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The function has returned `value`. @internal */
  succeed(value: T): void {
    const arrived = this.#lastArrived;
    // As in asyncio: a cancellation that never reached the function cancels the task at its end.
    const kept = this.#keptCancellation();
    if (kept === undefined) {
      if (!arrived?.finishedWith(value)) this.#lastArrived = undefined;
      this.noteStep();
      super.setResult(value);
    } else {
      if (this.#arrivalTurn === currentTurn()) arrived?.takeBack(value);
      this.#rare?.giveBack?.();
      this.#endCancelled(kept.reason);
    }
  }

  /** The function has thrown `error`. @internal */
  fail(error: unknown): void {
    const cancellation = cancellationOf(error);
    if (cancellation !== undefined) this.#endCancelled(cancellation);
    else {
      if (debugging()) noteFailure(this, error, this.#awaitingTasks());
      this.#lastArrived = undefined;
      super.setException(error);
    }
  }

  /** The task that awaits this one, the task that awaits that one, and so on. */
  #awaitingTasks(): Set<Task<unknown>> {
    const tasks = new Set<Task<unknown>>([this]);
    for (const task of tasks)
      for (const by of task.observers()) if (by instanceof Task) tasks.add(by);
    tasks.delete(this);
    return tasks;
  }

  #endCancelled(cancellation: CancelledError): void {
    const isOwn = cancellation === this.#rare?.ownReason;
    this.#lastArrived = undefined;
    this.noteStep();
    this.endCancelled(cancellation, isOwn ? this.#rare?.thrownAtEnd : cancellation);
  }

  protected override ended(): void {
    this.#fn = undefined;
    this.#lastBegun = undefined;
    this.scope?.delete(this);
    if (debugging()) noteEnd(this);
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

  #interruptWaits(reason: CancelledError, thrown: unknown): Interruption {
    const interruption = new Interruption(reason, thrown);
    holdForCancelled();
    this.#cancelling++;
    if (this.#pending?.coversNext) return this.#pending;
    const mayBeInCircle = this.#wait?.isLeaf === false || this.#rare?.moreWaits?.size;
    if (!mayBeInCircle) {
      this.#deliver(interruption);
    } else {
      const rare = this.#needRare();
      rare.isInterrupting = true;
      try {
        this.#deliver(interruption);
      } finally {
        rare.isInterrupting = false;
      }
    }
    this.#rare?.abort?.abort(reason);
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
    const first = this.#wait;
    const rare = this.#rare;
    const more = rare?.moreWaits?.size ? [...rare.moreWaits] : [];
    if (first !== undefined && interruptWait(first, interruption, latest, combinator))
      isReached = true;
    for (const wait of more)
      if (interruptWait(wait, interruption, latest, combinator)) isReached = true;
    if (rare !== undefined) for (const wait of rare.floatingWaits()) wait.interrupt(reason);
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
    const waits = [...(this.#rare?.moreWaits ?? [])];
    return this.#wait === undefined ? waits : [this.#wait, ...waits];
  }

  #needRare(): RareTaskFields {
    this.#rare ??= new RareTaskFields();
    return this.#rare;
  }
}

function start(task: Task<unknown>): void {
  task.start();
}

/** @returns whether that reaches something that may show it to the code */
function interruptWait(
  wait: Future<unknown>,
  interruption: Interruption,
  latest: Future<unknown> | Combinator | undefined,
  combinator: Combinator | undefined,
): boolean {
  const { reason, thrown } = interruption;
  // Before, because the wait may be the last member that the combinator waits for.
  const isAwaited = wait === latest || combinator?.has(wait);
  if (!interruptChild(wait, reason, thrown) && !wait.failedWith(thrown)) return false;
  if (isAwaited) interruption.isLikely = true;
  if (!wait.done()) interruption.addUnended(wait);
  return true;
}

/** For good, because an async call that a cancelled task has not awaited may end at any later time. */
function holdForCancelled(): void {
  if (!isHolding) holdRejections();
  isHolding = true;
}

/**
 * In a later microtask: the code that creates a task goes on first. The microtask enters the context of
 * the task, and with its end that is left. `run()` would make a second context, to go back to.
 */
function startSoon(task: Task<unknown>): void {
  if (isTurnOverdue()) nextTurn(() => asyncContext.run(task, start, task));
  else
    settled.then(() => {
      asyncContext.enterWith(task);
      task.start();
    });
}

/**
 * Called in the context of the task whose function has returned `value`. With the task found there, every
 * task is served by the same two functions: two closures for each took 170 bytes while it was suspended.
 */
function succeed(value: unknown): void {
  (asyncContext.getStore() as Task<unknown>).succeed(value);
}

/** Called in the context of the task whose function has thrown `error`. */
function fail(error: unknown): void {
  (asyncContext.getStore() as Task<unknown>).fail(error);
}

function expectedFunction(value: unknown): string {
  const isPromise = value instanceof Promise;
  const what = isPromise ? 'a promise, whose function runs already' : inspect(value, { depth: 0 });
  return `createTask() takes a function to run, as in createTask(() => work()), not ${what}`;
}

keepShape(new Task(() => {}, undefined, { isEager: true }));
created = 0;
