import { sleep, Timer, timeout } from '../concurrency/index.ts';
import { OriginDownError } from '../model/failure.ts';
import { WrongSizeError } from '../model/file-errors.ts';
import type { Item } from '../model/item.ts';
import { originOf } from '../model/origin-of.ts';
import { type Reason, reasonOf } from '../model/reason.ts';
import { reportOf, reportOfFailure } from '../model/request-report.ts';
import type { BodyWriter, FetchRequest, Received, Validators } from '../model/response.ts';
import { RevokedError } from '../model/revoked-error.ts';
import type { Draft, SavedFile } from '../save/sinks/sink.ts';
import type { Admission } from '../schedule/origin-queue.ts';
import type { Permit } from '../schedule/permit.ts';
import type { NextStep } from '../schedule/tries.ts';
import { type SegmentedDraft, SegmentedRequest, takesSegments } from './segmented-request.ts';
import type { Run } from './steps.ts';
import { isCancelled } from './stop.ts';
import { WaitingRow, WatchedRequest } from './watched-request.ts';

/** How long connecting usually takes, in ms: a look-up, and three round trips over half the globe. */
const USUAL_CONNECT = 500;

/** The file came whole, and is not the one that the row means, at least not in this form. */
const ANOTHER_FILE: ReadonlySet<Reason> = new Set<Reason>(['checksum', 'wrong-size']);

/** A saved file, and the response that brought it. */
export interface Whole {
  readonly received: Received;
  readonly saved: SavedFile;
}

/** The requests of one row, one after another, until its file is saved or no try is left. */
export class RowRequests {
  readonly #item: Item;
  readonly #tries: ReturnType<Run['triesOver']>;
  readonly #run: Run;
  #sent = 0;
  #sentAt = 0;
  /** Where in the file the latest request began, in bytes. */
  #from = 0;
  /** Counts what the latest request brings, where that is shown. */
  #meter: WatchedRequest | undefined;
  #whole: Whole | undefined;
  #maySegment = true;
  /** Whether the body is requested and saved as it is sent: decoded it had the wrong checksum. */
  #asSent = false;
  #hasSwitched = false;

  constructor(item: Item, run: Run) {
    this.#item = item;
    this.#tries = run.triesOver(
      item.mirrors === undefined ? [item.url] : [item.url, ...item.mirrors],
    );
    this.#run = run;
  }

  /** How many requests were sent. */
  get sent(): number {
    return this.#sent;
  }

  /** When the latest one was sent, by `performance.now()`. */
  get sentAt(): number {
    return this.#sentAt;
  }

  /**
   * @param known the version that is there already: the server sends the file only if it has another
   * @param first for the first request: a permit, which the caller releases in any case, or why the
   *   origin was given up
   * @throws the last failure, when no try is left; OriginDownError; TimeoutError when the tries took
   *   longer than a row may; the task's CancelledError
   */
  untilWhole(draft: Draft, known: Validators | undefined, first: Admission): Promise<Whole> {
    if (this.#run.rowTimeout === Number.POSITIVE_INFINITY) return this.#tryOn(draft, known, first);
    return this.#inTime(draft, known, first);
  }

  /** The time of the row starts with its first permit, not while it waits for that. */
  async #inTime(draft: Draft, known: Validators | undefined, first: Admission): Promise<Whole> {
    const { rowTimeout } = this.#run;
    try {
      return await timeout(rowTimeout, () => this.#tryOn(draft, known, first));
    } catch (error) {
      // The time ran out while the file was being saved: it is saved now.
      if (this.#whole !== undefined) return this.#whole;
      throw error;
    }
  }

  async #tryOn(draft: Draft, known: Validators | undefined, first: Admission): Promise<Whole> {
    let permit = first instanceof OriginDownError ? await this.#admitted() : first;
    const { origin } = permit;
    this.#tries.skipTo((url) => originOf(url) === origin);
    for (;;) {
      let received: Received | undefined;
      try {
        received = await this.#watched(draft, known, permit);
        this.#checkSize(draft, received);
        const saving = this.#run.saves.begin(permit, reportOf(received));
        try {
          this.#whole = { received, saved: await draft.commit() };
        } finally {
          this.#run.saves.end(saving);
        }
        return this.#whole;
      } catch (error) {
        if (await this.#switchesForm(draft, received, error)) {
          permit = await this.#admitted();
          continue;
        }
        const { url } = this.#tries;
        const next = this.#decide(error, draft, permit);
        // A file with a wrong checksum is complete: nothing of it can be resumed.
        if (reasonOf(error) === 'checksum') await draft.restart();
        permit = await this.#admittedAgain(next.ms, { url, error, draft });
      }
    }
  }

  /** Waits for the next try, listed among the run's waiting rows meanwhile. @param ms at least */
  async #admittedAgain(
    ms: number,
    { url, error, draft }: { url: string; error: unknown; draft: Draft },
  ): Promise<Permit> {
    const { activity, queue } = this.#run;
    const [item, attempt] = [this.#item, this.#sent + 1];
    const tries = this.#tries.mostFor(reasonOf(error));
    const { part, bytes: received = part?.bytes ?? 0 } = draft;
    const soonest = performance.now() + ms;
    const until = () => Math.max(soonest, queue.notBefore(this.#origin));
    const failed = { item, url, error, attempt, tries, received, length: part?.length };
    const row = new WaitingRow(failed, until);
    activity?.wait(row);
    try {
      if (ms > 0) await sleep(ms);
      return await this.#admitted();
    } finally {
      activity?.goOn(row);
    }
  }

  /**
   * A checksum or a size may be that of the body as it is sent, or of the decoded body; only trying tells.
   * So a decoded body with a wrong one is requested again as it is sent. The first such request costs
   * no try, as the server did nothing wrong.
   * @returns whether the file is requested again at once
   */
  async #switchesForm(
    draft: Draft,
    received: Received | undefined,
    error: unknown,
  ): Promise<boolean> {
    if (received === undefined || !ANOTHER_FILE.has(reasonOf(error))) return false;
    const wasDecoded = received.head.isDecoded === true;
    if (!wasDecoded && !this.#asSent) return false;
    this.#asSent = wasDecoded;
    if (this.#hasSwitched) return false;
    this.#hasSwitched = true;
    await draft.restart();
    return true;
  }

  /** @throws WrongSizeError if the row says another size than the file has */
  #checkSize(draft: Draft, { head, bytes: received }: Received): void {
    const { size } = this.#item;
    if (size === undefined) return;
    const bytes = draft.bytes ?? draft.part?.bytes ?? (head.offset === 0 ? received : size);
    if (bytes !== size) throw new WrongSizeError(size, bytes);
  }

  /** As {@link #request}, listed among the run's requests in flight meanwhile. */
  async #watched(draft: Draft, known: Validators | undefined, permit: Permit): Promise<Received> {
    const { activity } = this.#run;
    const [attempt, sentAt] = [++this.#sent, performance.now()];
    this.#sentAt = sentAt;
    if (activity === undefined) return await this.#revocable(draft, known, permit);
    const { url } = this.#tries;
    const request = new WatchedRequest({ item: this.#item, url, attempt, sentAt });
    this.#meter = request;
    activity.begin(request);
    try {
      return await this.#revocable(draft, known, permit);
    } finally {
      activity.end(request);
    }
  }

  #revocable(draft: Draft, known: Validators | undefined, permit: Permit): Promise<Received> {
    const { revocable } = this.#run;
    const request = () => this.#request(draft, known, permit);
    return revocable === undefined ? request() : revocable.send(request);
  }

  #request(draft: Draft, known: Validators | undefined, permit: Permit): Promise<Received> {
    const opening = this.#opening(permit);
    if (opening === undefined) return this.#send(draft, known, permit);
    return this.#sendOnceOpen(opening, draft, known, permit);
  }

  /** An origin that has answered is likely to do so again: the request makes the connection itself. */
  #opening(permit: Permit): Promise<void> | undefined {
    const { answers, state } = permit.health;
    if (answers > 0 && state !== 'held') return undefined;
    return this.#run.open?.(this.#tries.url, { expected: () => permit.expected });
  }

  /** Parks the request while connecting is slow, so that others go before it. */
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
    const [since, meter] = [this.#sentAt, this.#meter];
    return paced === undefined
      ? fetch(request, draft, { since, meter })
      : this.#paced(request, paced(draft));
  }

  async #segmented(
    request: FetchRequest,
    draft: SegmentedDraft,
    permit: Permit,
    connections: number,
  ): Promise<Received> {
    const [run, origin, meter] = [this.#run, this.#origin, this.#meter];
    const options = { run, draft, permit, origin, connections, meter };
    const segmented = new SegmentedRequest(request, options);
    try {
      return await segmented.get();
    } finally {
      this.#maySegment = !segmented.isRefused;
    }
  }

  async #paced(request: FetchRequest, body: BodyWriter & Disposable): Promise<Received> {
    using writer = body;
    const [since, meter] = [this.#sentAt, this.#meter];
    return await this.#run.fetch(request, writer, { since, meter });
  }

  /** @throws OriginDownError when the origin was given up, and no mirror is open */
  #admitted(): Promise<Permit> {
    this.#tries.skipTo((url) => this.#run.queue.isOpen(originOf(url)));
    return this.#run.queue.admit(this.#origin, {});
  }

  get #origin(): string {
    return originOf(this.#tries.url);
  }

  /**
   * Decides what follows a failure. The permit is released first: whether the failure counts depends on
   * the health of the origin, this failure included.
   * @throws `error` when no try is left
   */
  #decide(error: unknown, draft: Draft, held: Permit): NextStep & { kind: 'wait' } {
    if (error instanceof RevokedError) {
      // It was no fault of the row's or its server's: the row waits until it may have a request again.
      held.release();
      return { kind: 'wait', ms: 0 };
    }
    const report = reportOfFailure(error, performance.now() - this.#sentAt);
    held.release(report);
    if (isCancelled(error)) throw error;
    const reached = draft.bytes ?? draft.part?.bytes ?? 0;
    const next = this.#tries.after(report, held.health, { from: this.#from, reached });
    if (next.kind === 'give-up') throw error;
    return next;
  }
}
