import { sleep } from '../concurrency/sleep.ts';
import { timeout } from '../concurrency/timeout.ts';
import { Timer } from '../concurrency/timer.ts';
import { OriginDownError } from '../model/failure.ts';
import type { Item } from '../model/item.ts';
import { originOf } from '../model/origin-of.ts';
import { reasonOf } from '../model/reason.ts';
import { reportOf, reportOfFailure } from '../model/request-report.ts';
import type { BodyWriter, FetchRequest, Received, Validators } from '../model/response.ts';
import type { Draft, SavedFile } from '../save/sinks/sink.ts';
import type { Admission } from '../schedule/origin-queue.ts';
import type { Permit } from '../schedule/permit.ts';
import type { NextStep } from '../schedule/tries.ts';
import { type SegmentedDraft, SegmentedRequest, takesSegments } from './segmented-request.ts';
import type { Run } from './steps.ts';
import { isCancelled } from './stop.ts';

/** What a connection takes, in ms: a look-up, and three round trips over half the globe. */
const USUAL_CONNECT = 500;

/** A file, and the response that it came with. */
export interface Whole {
  readonly received: Received;
  readonly saved: SavedFile;
}

/** One row's requests, one after another, until its file is whole or there is no hope of that. */
export class RowRequests {
  readonly #item: Item;
  readonly #tries: ReturnType<Run['triesOver']>;
  readonly #run: Run;
  #sent = 0;
  #sentAt = 0;
  /** Where in the file the last request began, in bytes. */
  #from = 0;
  #whole: Whole | undefined;
  #maySegment = true;
  /** The body is asked for, and saved, as it is sent: decoded it was not the file. */
  #asSent = false;
  #hasSwitched = false;

  constructor(item: Item, run: Run) {
    this.#item = item;
    this.#tries = run.triesOver(
      item.mirrors === undefined ? [item.url] : [item.url, ...item.mirrors],
    );
    this.#run = run;
  }

  /** How many were sent. */
  get sent(): number {
    return this.#sent;
  }

  /** When the last one was, as `performance.now()` has it. */
  get sentAt(): number {
    return this.#sentAt;
  }

  /**
   * @param known the version that is there already: it is asked whether there is another
   * @param first for the first request: a permit, which the caller releases in any case, or why its
   *   origin is not asked any more
   * @throws the last failure, when it is not worth another try; OriginDownError; TimeoutError when all of them took
   *   longer than a row may; the task's CancelledError
   */
  untilWhole(draft: Draft, known: Validators | undefined, first: Admission): Promise<Whole> {
    if (this.#run.rowTimeout === Number.POSITIVE_INFINITY) return this.#tryOn(draft, known, first);
    return this.#inTime(draft, known, first);
  }

  /** The row's time starts when its turn comes, not while it waits for it. */
  async #inTime(draft: Draft, known: Validators | undefined, first: Admission): Promise<Whole> {
    const { rowTimeout } = this.#run;
    try {
      return await timeout(rowTimeout, () => this.#tryOn(draft, known, first));
    } catch (error) {
      // The end came while the file was being saved, and saved it is.
      if (this.#whole !== undefined) return this.#whole;
      throw error;
    }
  }

  async #tryOn(draft: Draft, known: Validators | undefined, first: Admission): Promise<Whole> {
    const begun = first instanceof OriginDownError ? await this.#admitted() : first;
    for (let permit = begun; ; permit = await this.#admitted()) {
      let received: Received | undefined;
      try {
        received = await this.#watched(draft, known, permit);
        const saving = this.#run.saves.begin(permit, reportOf(received));
        try {
          this.#whole = { received, saved: await draft.commit() };
        } finally {
          this.#run.saves.end(saving);
        }
        return this.#whole;
      } catch (error) {
        if (await this.#switchesForm(draft, received, error)) continue;
        const next = this.#decide(error, draft, permit);
        // What came with a wrong checksum was complete: there is nothing in it to go on from.
        if (reasonOf(error) === 'checksum') await draft.restart();
        if (next.ms > 0) await sleep(next.ms);
      }
    }
  }

  /**
   * A checksum may be of what is sent, and not of what that decodes to: which of them the file is, only it says. So
   * what was decoded and is not the file is asked for again as it is sent. Once that costs no try, as the server
   * did nothing wrong.
   * @returns whether it is asked for again at once
   */
  async #switchesForm(
    draft: Draft,
    received: Received | undefined,
    error: unknown,
  ): Promise<boolean> {
    if (received === undefined || reasonOf(error) !== 'checksum') return false;
    const wasDecoded = received.head.isDecoded === true;
    if (!wasDecoded && !this.#asSent) return false;
    this.#asSent = wasDecoded;
    if (this.#hasSwitched) return false;
    this.#hasSwitched = true;
    await draft.restart();
    return true;
  }

  /** As {@link #request}, listed among the run's requests in flight meanwhile. */
  async #watched(draft: Draft, known: Validators | undefined, permit: Permit): Promise<Received> {
    const { inFlight } = this.#run;
    const answer = this.#request(draft, known, permit);
    if (inFlight === undefined) return await answer;
    const [item, { url }, attempt, sentAt] = [this.#item, this.#tries, this.#sent, this.#sentAt];
    const shown = { item, url, attempt, sentAt };
    inFlight.add(shown);
    try {
      return await answer;
    } finally {
      inFlight.delete(shown);
    }
  }

  #request(draft: Draft, known: Validators | undefined, permit: Permit): Promise<Received> {
    this.#sent++;
    this.#sentAt = performance.now();
    const opening = this.#opening(permit);
    if (opening === undefined) return this.#send(draft, known, permit);
    return this.#sendOnceOpen(opening, draft, known, permit);
  }

  /** An origin that has answered is likely to do so again: the request makes its own connection. */
  #opening(permit: Permit): Promise<void> | undefined {
    const { answers, state } = permit.health;
    if (answers > 0 && state !== 'held') return undefined;
    return this.#run.open?.(this.#tries.url, { expected: () => permit.expected });
  }

  /** An origin that cannot be reached keeps no place from others for longer than a moment. */
  async #sendOnceOpen(
    opening: Promise<void>,
    draft: Draft,
    known: Validators | undefined,
    permit: Permit,
  ): Promise<Received> {
    const timer = new Timer(USUAL_CONNECT, () => permit.park());
    try {
      await opening;
    } finally {
      timer.clear();
    }
    await permit.resume();
    return await this.#send(draft, known, permit);
  }

  #send(draft: Draft, known: Validators | undefined, permit: Permit): Promise<Received> {
    const { headers, name } = this.#item;
    const { url, isWholeOnly: isWhole } = this.#tries;
    const { part } = draft;
    this.#from = isWhole ? 0 : (part?.bytes ?? 0);
    const request = { url, headers, name, asSent: this.#asSent, part, isWhole, known };
    const { fetch, paced, segments = 1 } = this.#run;
    if (segments > 1 && this.#maySegment && takesSegments(draft)) {
      return this.#segmented(request, draft, permit, segments);
    }
    const since = this.#sentAt;
    return paced === undefined
      ? fetch(request, draft, { since })
      : this.#paced(request, paced(draft));
  }

  async #segmented(
    request: FetchRequest,
    draft: SegmentedDraft,
    permit: Permit,
    connections: number,
  ): Promise<Received> {
    const options = { run: this.#run, draft, permit, origin: this.#origin, connections };
    const segmented = new SegmentedRequest(request, options);
    try {
      return await segmented.get();
    } finally {
      this.#maySegment = !segmented.isRefused;
    }
  }

  async #paced(request: FetchRequest, body: BodyWriter & Disposable): Promise<Received> {
    using writer = body;
    return await this.#run.fetch(request, writer, { since: this.#sentAt });
  }

  /** @throws OriginDownError when the origin was given up, and so were those of all mirrors */
  #admitted(): Promise<Permit> {
    this.#tries.skipTo((url) => this.#run.queue.isOpen(originOf(url)));
    return this.#run.queue.admit(this.#origin, {});
  }

  get #origin(): string {
    return originOf(this.#tries.url);
  }

  /**
   * What comes after a failure. Its origin hears of it first: whether the failure counts depends on
   * what that has met before.
   * @throws `error` when nothing comes
   */
  #decide(error: unknown, draft: Draft, held: Permit): NextStep & { kind: 'wait' } {
    const report = reportOfFailure(error, performance.now() - this.#sentAt);
    held.release(report);
    if (isCancelled(error)) throw error;
    const reached = draft.bytes ?? draft.part?.bytes ?? 0;
    const next = this.#tries.after(report, held.health, { from: this.#from, reached });
    if (next.kind === 'give-up') throw error;
    return next;
  }
}
