import type { TestContext } from 'node:test';
import { Event } from '../../src/concurrency/event.ts';
import { createTask } from '../../src/concurrency/index.ts';
import type { WaitOptions } from '../../src/concurrency/suspension.ts';
import { downloadOne } from '../../src/engine/download-one.ts';
import type { Earlier } from '../../src/engine/preflight.ts';
import { type PendingRow, preflight } from '../../src/engine/preflight.ts';
import { SaveSlots } from '../../src/engine/save-slots.ts';
import type { Run, Steps } from '../../src/engine/steps.ts';
import { Stop } from '../../src/engine/stop.ts';
import { OriginDownError } from '../../src/model/failure.ts';
import type { Item } from '../../src/model/item.ts';
import { originOf } from '../../src/model/origin-of.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { RequestReport } from '../../src/model/request-report.ts';
import type { Fetch, FetchRequest, Part, Received } from '../../src/model/response.ts';
import type { Draft } from '../../src/save/sinks/sink.ts';
import { type AdmissionOptions, AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import type { Permit } from '../../src/schedule/permit.ts';
import type { RetryPolicy } from '../../src/schedule/retry-policy.ts';
import { Tries } from '../../src/schedule/tries.ts';
import { settle } from '../concurrency/support.ts';

export const ITEM: Item = { index: 7, url: 'http://a/br.gif' };

export const RECEIVED: Received = {
  head: { httpStatus: 200, url: ITEM.url, offset: 0 },
  bytes: 3,
  timings: { sent: 1, firstByte: 2, end: 3 },
};

export const SAVED = { path: 'd/br.gif', bytes: 3 };

/** How one request ends: with a failure, or as a function does. */
export type Answer = Error | Fetch;

export interface Script {
  /** One for each request, in order; those after the last one go well. */
  readonly answers?: readonly Answer[];
  readonly draft?: Partial<Draft>;
  readonly open?: (item: Item) => Draft | Promise<Draft>;
  /** Connects to an origin before the first request. Default: the request does. */
  readonly connect?: Steps['open'];
  readonly recall?: (item: Item) => Earlier | undefined;
  readonly record?: Steps['record'];
  readonly rowTimeout?: number;
  /** In flight at a time. Default: 1. */
  readonly maxRequests?: number;
  readonly tries?: number;
  /** Files that may wait to be saved without a permit. Default: 32. */
  readonly savesBehind?: number;
  readonly paced?: Steps['paced'];
  readonly activity?: Steps['activity'];
  readonly revocable?: Steps['revocable'];
}

/**
 * What these tests give the engine: the real admission queue and the real count of tries, by a clock
 * that the test turns forward, and steps that all go well, except as the script says.
 */
export class Stage {
  /** The steps taken, in order. */
  readonly log: string[] = [];
  readonly requests: FetchRequest[] = [];
  /** The reports with which the permits were released. */
  readonly reports: (RequestReport | undefined)[] = [];
  readonly stopping = new AbortController();
  readonly queue: LoggedQueue;
  readonly draft: Draft;
  readonly steps: Steps;
  readonly run: Run;
  readonly #answers: Answer[];
  #now = 0;

  constructor(script: Script = {}) {
    const { maxRequests = 1, rowTimeout = Number.POSITIVE_INFINITY } = script;
    this.#answers = [...(script.answers ?? [])];
    const retries = retriesOf(script);
    this.queue = new LoggedQueue(this, { maxRequests, retries, now: () => this.#now });
    this.draft = this.#loggedDraft(script.draft ?? {});
    this.steps = {
      recall: script.recall,
      record: script.record,
      queue: this.queue,
      fetch: (...args) => this.#fetch(...args),
      revocable: script.revocable,
      open: script.connect,
      sink: {
        open: (item) => {
          this.log.push(`open ${item.index}`);
          return script.open?.(item) ?? this.draft;
        },
      },
      paced: script.paced,
      triesOver: (urls) => new Tries(retries, urls),
      rowTimeout,
      activity: script.activity,
    };
    this.run = {
      ...this.steps,
      stop: new Stop(this.stopping.signal),
      saves: new SaveSlots(script.savesBehind ?? 32),
    };
  }

  /** Takes a row all the way, as a run does: admitted, and then in a task of its own. */
  async download(item: Item = ITEM): Promise<Outcome> {
    const row = preflight(item, this.steps.recall?.(item));
    if (row.origin === undefined) return row.outcome;
    const { signal } = this.stopping;
    const admission = this.queue.admit(row.origin, { signal });
    const permit = await admission.catch((error: unknown) => {
      if (signal.aborted) return undefined;
      if (error instanceof OriginDownError) return error;
      throw error;
    });
    return await createTask(() => downloadOne(row, this.run, permit));
  }

  /** Waits for the first permit of a row that is not taken all the way. */
  admitted(): Promise<Permit> {
    return this.queue.admit(originOf(ITEM.url), {});
  }

  /** Turns the clock of a test with a mocked `setTimeout` forward, and waits for what follows. */
  async pass(t: TestContext, ms: number): Promise<void> {
    this.#now += ms;
    t.mock.timers.tick(ms);
    await settle();
  }

  /** Whether a row of `origin` would be let in now. */
  async admits(origin = 'http://elsewhere'): Promise<boolean> {
    const patience = new AbortController();
    const admission = this.queue.admitQuietly(origin, { signal: patience.signal }).then(
      (permit) => {
        permit.release();
        return true;
      },
      () => false,
    );
    await settle();
    patience.abort();
    return await admission;
  }

  async #fetch(...[request, body, options]: Parameters<Fetch>): Promise<Received> {
    this.log.push(`fetch ${request.url}`);
    this.requests.push(request);
    const answer = this.#answers.shift();
    if (answer instanceof Error) throw answer;
    return await (answer?.(request, body, options) ?? RECEIVED);
  }

  #loggedDraft(draft: Partial<Draft>): Draft {
    const { log } = this;
    let part: Part | undefined = draft.part;
    return {
      get part() {
        return part;
      },
      begin: (head) => draft.begin?.(head),
      write: (chunk) => draft.write?.(chunk),
      async restart() {
        log.push('restart');
        part = undefined;
        await draft.restart?.();
      },
      async commit() {
        log.push('commit');
        return (await draft.commit?.()) ?? SAVED;
      },
      async discard(options) {
        log.push(options?.keep ? 'discard, keep the part' : 'discard');
        await draft.discard?.(options);
      },
    };
  }
}

/** A queue that logs the permits that it gives and gets back. */
class LoggedQueue extends AdmissionQueue<PendingRow> {
  readonly #stage: Pick<Stage, 'log' | 'reports'>;

  constructor(stage: Pick<Stage, 'log' | 'reports'>, options: AdmissionOptions) {
    super(options);
    this.#stage = stage;
  }

  override async admit(origin: string, options: WaitOptions): Promise<Permit> {
    const { log, reports } = this.#stage;
    const permit = await super.admit(origin, options);
    const { release } = permit;
    let isHeld = true;
    log.push('admitted');
    return Object.assign(permit, {
      release(report?: RequestReport) {
        if (isHeld) {
          log.push('released');
          reports.push(report);
        }
        isHeld = false;
        release.call(permit, report);
      },
    });
  }

  /** For the test itself. */
  admitQuietly(origin: string, options: WaitOptions): Promise<Permit> {
    return super.admit(origin, options);
  }
}

/** The first wait is 500 ms, the second one 1,000 ms; a server may ask for a minute. */
function retriesOf({ tries = 3 }: Script): RetryPolicy {
  return { tries, backoff: { base: 1_000, max: 60_000 }, random: () => 0.5 };
}

/** A request that lasts until it is stopped, or its task is cancelled. */
export const hang: Fetch = async (_request, _body, options) => {
  await new Event().wait(options);
  return RECEIVED;
};

/** A failure that may be gone the next time. */
export function lost(): Error {
  return Object.assign(new Error('gone'), { code: 'ECONNRESET' });
}
