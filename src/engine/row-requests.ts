import { CancelledError } from '../concurrency/errors.ts';
import type { Permit } from '../concurrency/semaphore.ts';
import { sleep } from '../concurrency/sleep.ts';
import { timeout } from '../concurrency/timeout.ts';
import type { Item } from '../model/item.ts';
import { reasonOf } from '../model/reason.ts';
import type { Received, Validators } from '../model/response.ts';
import type { Draft, SavedFile } from '../save/sink.ts';
import type { NextStep } from '../schedule/tries.ts';
import type { Steps } from './steps.ts';

/** A file, and the response that it came with. */
export interface Whole {
  readonly received: Received;
  readonly saved: SavedFile;
}

/** One row's requests, one after another, until its file is whole or there is no hope of that. */
export class RowRequests {
  readonly #item: Item;
  readonly #tries: ReturnType<Steps['triesOver']>;
  readonly #steps: Steps;
  readonly #stop: AbortSignal;
  #sent = 0;
  #whole: Whole | undefined;

  constructor(item: Item, steps: Steps, stop: AbortSignal) {
    this.#item = item;
    this.#tries = steps.triesOver([item.url, ...(item.mirrors ?? [])]);
    this.#steps = steps;
    this.#stop = stop;
  }

  /** How many were sent. */
  get sent(): number {
    return this.#sent;
  }

  /**
   * @param known the version that is there already: it is asked whether there is another
   * @throws the last failure, when it is not worth another try; TimeoutError when all of them took
   *   longer than a row may; the task's CancelledError, or the reason of the signal to stop
   */
  async untilWhole(draft: Draft, known: Validators | undefined): Promise<Whole> {
    const { rowTimeout } = this.#steps;
    // The row's time starts when its turn comes, not while it waits for it.
    using permit = await this.#admitted();
    if (rowTimeout === Number.POSITIVE_INFINITY) return await this.#tryOn(draft, known, permit);
    try {
      return await timeout(rowTimeout, () => this.#tryOn(draft, known, permit));
    } catch (error) {
      // The end came while the file was being saved, and saved it is.
      if (this.#whole !== undefined) return this.#whole;
      throw error;
    }
  }

  async #tryOn(draft: Draft, known: Validators | undefined, first: Permit): Promise<Whole> {
    for (let permit = first; ; permit = await this.#admitted()) {
      try {
        const received = await this.#request(draft, known);
        // Held for what is load on the server, and for nothing else.
        permit.release();
        this.#whole = { received, saved: await draft.commit() };
        return this.#whole;
      } catch (error) {
        const next = this.#decide(error, permit);
        await this.#prepare(draft, next, error);
      }
    }
  }

  async #request(draft: Draft, known: Validators | undefined): Promise<Received> {
    this.#sent++;
    const { headers } = this.#item;
    const request = { url: this.#tries.url, headers, part: draft.part, known };
    return await this.#steps.fetch(request, draft, { signal: this.#stop });
  }

  #admitted(): Promise<Permit> {
    return this.#steps.scheduler.admit(this.#origin, { signal: this.#stop });
  }

  get #origin(): string {
    return new URL(this.#tries.url).origin;
  }

  /**
   * What comes after a failure. An origin that asks to be left alone is so before the permit goes
   * to the next row, which would ask it again.
   * @throws `error` when nothing comes
   */
  #decide(error: unknown, held: Permit): NextStep {
    using _permit = held;
    if (isStop(error, this.#stop)) throw error;
    const origin = this.#origin;
    const next = this.#tries.after(error);
    if (next.kind === 'give-up') throw error;
    if (next.kind === 'hold') this.#steps.scheduler.holdBack(origin, next.ms);
    return next;
  }

  /** Gets ready for another try after `error`, and waits for as long as it takes. */
  async #prepare(draft: Draft, next: NextStep, error: unknown): Promise<void> {
    // What came with a wrong checksum was complete: there is nothing in it to go on from.
    if (next.kind === 'restart' || reasonOf(error) === 'checksum') await draft.restart();
    if (next.kind === 'wait' && next.ms > 0) await sleep(next.ms, { signal: this.#stop });
  }
}

/** Whether `error` is how a run that is stopped, or a task that is cancelled, ends its waits. */
export function isStop(error: unknown, stop: AbortSignal): boolean {
  return error instanceof CancelledError || (stop.aborted && error === stop.reason);
}
