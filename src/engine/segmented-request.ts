import { Event } from '../concurrency/event.ts';
import { TaskGroup } from '../concurrency/task-group.ts';
import { HttpStatusError, TruncatedError } from '../model/failure.ts';
import { reasonOf } from '../model/reason.ts';
import { reportOf, reportOfFailure } from '../model/request-report.ts';
import type { BodyWriter, FetchRequest, Received, ResponseHead } from '../model/response.ts';
import { isWorthRetrying } from '../model/worth-retrying.ts';
import type { Draft } from '../save/sinks/sink.ts';
import type { Permit } from '../schedule/permit.ts';
import { SegmentBody } from './segment-body.ts';
import { planFor, type Segment, type SegmentPlan } from './segment-plan.ts';
import type { Run } from './steps.ts';
import { isCancelled } from './stop.ts';

/** A draft that takes segments. */
export type SegmentedDraft = Draft & Required<Pick<Draft, 'stretch' | 'join'>>;

/** Whether `draft` is one. */
export function takesSegments(draft: Draft): draft is SegmentedDraft {
  return draft.stretch !== undefined && draft.join !== undefined;
}

/** What a {@link SegmentedRequest} goes by. */
export interface SegmentedRequestOptions {
  readonly run: Pick<Run, 'fetch' | 'paced' | 'queue'>;
  readonly draft: SegmentedDraft;
  /** Whose permits its requests take. */
  readonly origin: string;
  /** For the first request. It is released once that is over, and others are not. */
  readonly permit: Permit;
  /** Connections, at most, at a time; more than 1. */
  readonly connections: number;
}

/**
 * One try to get a file, over several connections where its server lets it. It begins as any other
 * does, with a request for all that is missing. While that response comes, segments further on are
 * asked for as there is room which nobody else waits for; the response is cut off where it comes to
 * one of these. So there is never a permit that waits for another.
 *
 * Should a segment be refused, the response that came first goes on to the end of the file.
 */
export class SegmentedRequest implements BodyWriter {
  readonly #request: FetchRequest;
  readonly #options: SegmentedRequestOptions;
  readonly #sentAt = performance.now();
  #group: TaskGroup | undefined;
  /** Of the first response, and when it was there. */
  #head: ResponseHead | undefined;
  #firstByte = 0;
  /** Undefined when there is none: then the first response is all there is. */
  #plan: SegmentPlan | undefined;
  /** How far the first response has come, and how far it may go. */
  #position = 0;
  #until = 0;
  /** A segment has begun to come: its server does as it says. */
  #isProven = false;
  /** The first response is held: what has come of it nevertheless. */
  #halted: { readonly chunks: Uint8Array[]; readonly until: Promise<void> } | undefined;
  /** The first response was cut off: without the segments there is no file. */
  #isCut = false;
  #isOver = false;
  #isRefused = false;
  /** Requests for segments under way. */
  readonly #permits = new Set<Permit>();
  #losses = 0;
  /** The first one that ends this try. */
  #failure: unknown;
  /** One of those requests has ended, for the task that waits for that. */
  readonly #changed = new Event();
  /** One has begun or ended, for the first response, which is in nobody's task. */
  #news = Promise.withResolvers<void>();

  constructor(request: FetchRequest, options: SegmentedRequestOptions) {
    this.#request = request;
    this.#options = options;
  }

  /** Whether the server would not send segments: another try had better do without. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /**
   * @returns what came of it all, as if it had been one response
   * @throws as `Fetch`; what has come is a part of the draft then, as far as it has no gap
   */
  async get(): Promise<Received> {
    const { draft } = this.#options;
    let received: Received;
    try {
      received = await TaskGroup.run((group) => this.#getWith(group));
    } catch (error) {
      // Several at once are one failure of the row.
      throw isCancelled(error) ? error : (this.#failure ?? error);
    } finally {
      this.#releaseAll();
      await draft.join();
    }
    const { length } = received.head;
    const there = draft.part?.bytes ?? 0;
    if (this.#isCut && there !== length) throw new TruncatedError(length ?? Number.NaN, there);
    return received;
  }

  begin(head: ResponseHead): void {
    this.#options.draft.begin(head);
    this.#head = head;
    this.#firstByte = this.#elapsed();
    this.#plan = planFor(head, this.#options.connections);
    this.#position = head.offset;
    this.#until = this.#plan?.readOn(head.offset) ?? 0;
  }

  /** @returns a promise that is rejected with a SegmentEnd where somebody else has what follows */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#spread();
    if (this.#halted !== undefined) {
      // A sender that was told to pause may have sent more before it heard of it.
      this.#halted.chunks.push(Buffer.from(chunk));
      return this.#halted.until;
    }
    const plan = this.#plan;
    if (plan === undefined) return this.#options.draft.write(chunk);
    const end = this.#position + chunk.byteLength;
    while (this.#until < end) {
      const until = plan.readOn(this.#until);
      if (until === this.#until) return this.#halt(chunk);
      this.#until = until;
    }
    this.#position = end;
    return this.#options.draft.write(chunk);
  }

  /**
   * `chunk` goes on into a segment that somebody else has. The response is held until it is clear that
   * segments do come: else it is what brings the file.
   */
  #halt(chunk: Uint8Array): Promise<void> {
    const own = this.#until - this.#position;
    this.#position = this.#until;
    const written = this.#options.draft.write(chunk.subarray(0, own));
    const chunks = [Buffer.from(chunk.subarray(own))];
    const until = this.#goOn(written, chunks);
    this.#halted = { chunks, until };
    return until;
  }

  async #goOn(written: Promise<void> | undefined, chunks: readonly Uint8Array[]): Promise<void> {
    await written;
    for (;;) {
      const until = this.#plan?.readOn(this.#until);
      if (until !== this.#until) {
        this.#until = until ?? this.#until;
        break;
      }
      if (this.#isProven) {
        this.#isCut = true;
        throw new SegmentEnd();
      }
      await this.#news.promise;
    }
    this.#halted = undefined;
    await Promise.all(chunks.map((each) => this.write(each)));
  }

  async #getWith(group: TaskGroup): Promise<Received> {
    this.#group = group;
    try {
      return await this.#fetch(this.#request, this);
    } catch (error) {
      if (error instanceof SegmentEnd) return await this.#getRest();
      throw this.#noted(error);
    } finally {
      this.#isOver = true;
    }
  }

  /** After the first response: whatever it has not brought. */
  async #getRest(): Promise<Received> {
    const { permit, run, origin } = this.#options;
    permit.release();
    for (;;) {
      this.#spread();
      if (this.#permits.size === 0) {
        if (!this.#plan?.hasFree) break;
        this.#start(this.#plan, await run.queue.admit(origin, {}));
      }
      this.#changed.clear();
      await this.#changed.wait();
    }
    const head = this.#head as ResponseHead;
    const bytes = (head.length ?? 0) - head.offset;
    // When it was sent nobody has said: its client did not see it through.
    return { head, bytes, timings: { sent: 0, firstByte: this.#firstByte, end: this.#elapsed() } };
  }

  /** Asks for as many segments as there is room for. */
  #spread(): void {
    const { run, origin, connections } = this.#options;
    const most = this.#isCut ? connections : connections - 1;
    while (!this.#isOver && this.#plan?.hasFree && this.#permits.size < most) {
      const permit = run.queue.tryAdmit(origin);
      if (permit === undefined) return;
      this.#start(this.#plan, permit);
    }
  }

  #start(plan: SegmentPlan, permit: Permit): void {
    const segment = plan.take();
    if (segment === undefined) {
      permit.release();
      return;
    }
    this.#permits.add(permit);
    this.#group?.createTask(async () => {
      try {
        await this.#getSegment(plan, segment, permit);
      } catch (error) {
        throw this.#noted(error);
      }
    });
  }

  /** @throws what leaves the file without hope in this try */
  async #getSegment(plan: SegmentPlan, segment: Segment, permit: Permit): Promise<void> {
    const sentAt = performance.now();
    const stretch = this.#options.draft.stretch(segment.start);
    const body = new SegmentBody(stretch, {
      begin: () => this.#noteProof(),
      write: () => this.#spread(),
    });
    try {
      permit.release(reportOf(await this.#fetch(this.#requestFor(segment, plan), body)));
    } catch (error) {
      permit.release(reportOfFailure(error, performance.now() - sentAt));
      if (isCancelled(error)) throw error;
      this.#decide(error);
    }
    // Also when it failed: what has come need not come again.
    await stretch.finish();
    plan.giveBack({ start: segment.start + body.bytes, end: segment.end });
    this.#permits.delete(permit);
    this.#spread();
    this.#tell();
  }

  #noteProof(): void {
    this.#isProven = true;
    this.#tell();
  }

  #tell(): void {
    this.#changed.set();
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  /** What a segment's failure means for the others. @throws `error` when there is no file without it */
  #decide(error: unknown): void {
    const isLoss = isWorthRetrying(reasonOf(error)) && !(error instanceof HttpStatusError);
    if (isLoss && this.#losses++ < this.#options.connections) return;
    if (!isLoss) this.#isRefused = true;
    if (this.#isCut) throw error;
    // The first response still brings all of it.
    this.#plan = undefined;
    this.#group?.cancel();
    this.#releaseAll();
    this.#tell();
  }

  /** Of requests that are cancelled: a task that has not begun by then never releases its own. */
  #releaseAll(): void {
    for (const permit of this.#permits) permit.release();
  }

  #noted(error: unknown): unknown {
    if (!isCancelled(error)) this.#failure ??= error;
    return error;
  }

  #requestFor({ start, end }: Segment, { length }: SegmentPlan): FetchRequest {
    const { url, headers, name, asSent } = this.#request;
    const { etag, lastModified } = this.#head ?? {};
    const part = { bytes: start, etag, lastModified, length };
    return { url, headers, name, asSent, part, segment: { end, length } };
  }

  async #fetch(request: FetchRequest, body: BodyWriter): Promise<Received> {
    const { fetch, paced } = this.#options.run;
    if (paced === undefined) return await fetch(request, body, {});
    using writer = paced(body);
    return await fetch(request, writer, {});
  }

  #elapsed(): number {
    return performance.now() - this.#sentAt;
  }
}

/** How the first response ends where a segment begins that somebody else has. */
class SegmentEnd extends Error {
  override readonly name = 'SegmentEnd';
}
