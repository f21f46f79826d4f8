import { Event, TaskGroup } from '../concurrency/index.ts';
import { HttpStatusError, TruncatedError } from '../model/failure.ts';
import { reasonOf } from '../model/reason.ts';
import type { BodyMeter } from '../model/request-in-flight.ts';
import { reportOf, reportOfFailure } from '../model/request-report.ts';
import type { BodyWriter, FetchRequest, Received } from '../model/response.ts';
import { isWorthRetrying } from '../model/worth-retrying.ts';
import type { Draft } from '../save/sinks/sink.ts';
import type { Permit } from '../schedule/permit.ts';
import { FirstResponse, SegmentEnd, type SharedFile } from './first-response.ts';
import type { Segment } from './segment-plan.ts';
import type { Run } from './steps.ts';
import { isCancelled } from './stop.ts';

/** A draft that can take several ranges of a file at a time. */
export type SegmentedDraft = Draft & Required<Pick<Draft, 'range' | 'join'>>;

/** Whether `draft` can take several ranges of a file at a time. */
export function takesSegments(draft: Draft): draft is SegmentedDraft {
  return draft.range !== undefined && draft.join !== undefined;
}

/** What a {@link SegmentedRequest} works with. */
export interface SegmentedRequestOptions {
  readonly run: Pick<Run, 'fetch' | 'paced' | 'queue'>;
  readonly draft: SegmentedDraft;
  /** The origin whose permits the requests for segments take. */
  readonly origin: string;
  /** For the first request. Released early when the first response is cut; otherwise by the caller. */
  readonly permit: Permit;
  /** The most connections at a time; more than 1. */
  readonly connections: number;
  /** Counts the bytes of all connections. */
  readonly meter?: BodyMeter | undefined;
}

/**
 * One try to get a file, over several connections where the server allows it. It begins with a request
 * for everything that is missing, as any other try. While that response comes, segments further on are
 * requested whenever a permit is free that no row waits for. So a request that holds a permit never
 * waits for another permit. What becomes of the first response is drawn at {@link FirstResponse}.
 *
 * When a segment is refused, the first response brings the rest, unless it has been cut by then.
 */
export class SegmentedRequest {
  readonly #request: FetchRequest;
  readonly #options: SegmentedRequestOptions;
  readonly #first: FirstResponse;
  /** Of the requests for segments in flight. */
  readonly #permits = new Set<Permit>();
  /** Set when one of those requests has ended. */
  readonly #ended = new Event();
  /** The tasks of those requests; undefined before the try and after it. */
  #group: TaskGroup | undefined;
  #losses = 0;
  #isRefused = false;
  /** The first failure that ends this try. */
  #failure: unknown;

  constructor(request: FetchRequest, options: SegmentedRequestOptions) {
    this.#request = request;
    this.#options = options;
    this.#first = new FirstResponse(options.draft, options.connections);
  }

  /** Whether the server refused to send a segment: the row's next try should ask for none. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /**
   * @returns what was received in all, as if it had been one response
   * @throws as `Fetch`; the draft then keeps what has come, up to the first gap
   */
  async get(): Promise<Received> {
    const { draft } = this.#options;
    let received: Received;
    try {
      received = await TaskGroup.run((group) => this.#run(group));
    } catch (error) {
      // Several failures at once are one failure of the row.
      throw isCancelled(error) ? error : (this.#failure ?? error);
    } finally {
      this.#releaseAll();
      await draft.join();
    }
    const { length = Number.NaN } = received.head;
    const saved = draft.part?.bytes ?? 0;
    if (this.#first.isCut && saved !== length) throw new TruncatedError(length, saved);
    return received;
  }

  async #run(group: TaskGroup): Promise<Received> {
    const sentAt = performance.now();
    const first = this.#first;
    this.#group = group;
    try {
      return await this.#fetch(this.#request, {
        begin: (head) => first.begin(head),
        write: (chunk) => {
          this.#spread();
          return first.write(chunk);
        },
      });
    } catch (error) {
      if (error instanceof SegmentEnd) return await this.#fill(error.file, sentAt);
      throw this.#noted(error);
    } finally {
      this.#group = undefined;
    }
  }

  /** Requests everything that the first response has not brought. */
  async #fill(file: SharedFile, sentAt: number): Promise<Received> {
    const { permit, run, origin } = this.#options;
    permit.release();
    for (;;) {
      this.#spread();
      if (this.#permits.size === 0) {
        if (!file.plan.hasFree) break;
        this.#start(file, await run.queue.admit(origin, {}));
      }
      this.#ended.clear();
      await this.#ended.wait();
    }
    const { head, headAt } = file;
    // The client did not tell when it sent a request that was cut off.
    const timings = { sent: 0, firstByte: headAt - sentAt, end: performance.now() - sentAt };
    return { head, bytes: file.plan.length - head.offset, timings };
  }

  /** Requests as many segments as there are free permits and connections for. */
  #spread(): void {
    const { run, origin, connections } = this.#options;
    const { file, isCut } = this.#first;
    const most = isCut ? connections : connections - 1;
    while (file?.plan.hasFree && this.#permits.size < most && this.#group !== undefined) {
      const permit = run.queue.tryAdmit(origin);
      if (permit === undefined) return;
      this.#start(file, permit);
    }
  }

  #start(file: SharedFile, permit: Permit): void {
    const segment = file.plan.take();
    if (segment === undefined) {
      permit.release();
      return;
    }
    this.#permits.add(permit);
    this.#group?.createTask(async () => {
      try {
        await this.#getSegment(file, segment, permit);
      } catch (error) {
        throw this.#noted(error);
      }
    });
  }

  /** @throws what ends the try */
  async #getSegment(file: SharedFile, segment: Segment, permit: Permit): Promise<void> {
    const sentAt = performance.now();
    const range = this.#options.draft.range(segment.start);
    let { start } = segment;
    const body: BodyWriter = {
      // The client has checked the head against the request.
      begin: () => this.#first.segmentBegan(),
      write: (chunk) => {
        start += chunk.byteLength;
        this.#spread();
        return range.write(chunk);
      },
    };
    try {
      permit.release(reportOf(await this.#fetch(this.#requestFor(segment, file), body)));
    } catch (error) {
      permit.release(reportOfFailure(error, performance.now() - sentAt));
      if (isCancelled(error)) throw error;
      this.#segmentFailed(error);
    }
    // What has come of a segment that failed need not come again.
    await range.finish();
    file.plan.giveBack({ start, end: segment.end });
    this.#permits.delete(permit);
    this.#spread();
    this.#first.decide();
    this.#ended.set();
  }

  /** @throws `error` when the file cannot come without the segment */
  #segmentFailed(error: unknown): void {
    const isLoss = isWorthRetrying(reasonOf(error)) && !(error instanceof HttpStatusError);
    if (isLoss && this.#losses++ < this.#options.connections) return;
    if (!isLoss) this.#isRefused = true;
    if (this.#first.isCut) throw error;
    this.#first.goAlone();
    this.#group?.cancel();
    this.#releaseAll();
  }

  /** A task that is cancelled before it has begun does not release its permit itself. */
  #releaseAll(): void {
    for (const permit of this.#permits) permit.release();
  }

  #noted(error: unknown): unknown {
    if (!isCancelled(error)) this.#failure ??= error;
    return error;
  }

  #requestFor({ start, end }: Segment, { plan: { length }, head }: SharedFile): FetchRequest {
    const { url, headers, name, asSent } = this.#request;
    const { etag, lastModified } = head;
    const part = { bytes: start, etag, lastModified, length };
    return { url, headers, name, asSent, part, segment: { end, length } };
  }

  async #fetch(request: FetchRequest, body: BodyWriter): Promise<Received> {
    const { run, meter } = this.#options;
    const { fetch, paced } = run;
    if (paced === undefined) return await fetch(request, body, { meter });
    using writer = paced(body);
    return await fetch(request, writer, { meter });
  }
}
