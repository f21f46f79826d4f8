import type { RequestInFlight, RowWaiting } from '../model/request-in-flight.ts';
import { safeLine } from '../model/safe-text.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import type { Activity } from '../observe/activity.ts';
import { RecentRate } from '../observe/recent-rate.ts';
import { bytesOf, type RunProgress } from '../observe/run-progress.ts';
import type { RunNow, ShownRequest, ShownWait } from '../report/page/page-data.ts';
import { waitText } from '../report/wait-text.ts';

/** Requests in flight and waiting rows that the page names, at most. */
const MOST_REQUESTS = 20;
const MOST_WAITS = 10;

/** The speed of a request is that of these last ms. */
const WINDOW = 5_000;

/** What a run is doing, as the page shows it. */
export class PresentMoment {
  readonly #activity: Activity;
  /** Of requests that are named. */
  readonly #speeds = new WeakMap<RequestInFlight, RecentRate>();

  constructor(activity: Activity) {
    this.#activity = activity;
  }

  /** Measures the speeds of the requests that are named. Call it several times a second. */
  note(now: number): void {
    for (const request of this.#oldest()) {
      const bytes = bytesOf(request);
      const speed = this.#speeds.get(request);
      if (speed === undefined) this.#speeds.set(request, new RecentRate(WINDOW, now, bytes));
      else speed.note(now, bytes);
    }
  }

  /** @param now the time of `performance.now()` */
  look(now: number, { bytesPerSecond, share, total, remaining }: RunProgress): RunNow {
    const { received, inFlight, waiting } = this.#activity;
    const soonest = [...waiting].sort((a, b) => a.until - b.until).slice(0, MOST_WAITS);
    return {
      received,
      speed: Math.round(bytesPerSecond),
      ...(total === undefined || total === 0 ? {} : { share: share / total }),
      ...(Number.isFinite(remaining) ? { remaining: Math.round(remaining) } : {}),
      requests: Array.from(this.#oldest(), (request) => this.#shown(request, now)),
      inFlight,
      waiting: soonest.map((row) => shownWait(row, now)),
      waits: waiting.size,
    };
  }

  #oldest(): Iterable<RequestInFlight> {
    return this.#activity.requests.values().take(MOST_REQUESTS);
  }

  #shown(request: RequestInFlight, now: number): ShownRequest {
    const { url, attempt, sentAt, length } = request;
    return {
      url: safeLine(withoutCredentials(url)),
      attempt,
      age: Math.max(Math.round(now - sentAt), 0),
      bytes: bytesOf(request),
      length,
      speed: Math.round(this.#speeds.get(request)?.perSecond ?? 0),
    };
  }
}

function shownWait(row: RowWaiting, now: number): ShownWait {
  return {
    url: safeLine(withoutCredentials(row.url)),
    text: waitText(row, now, Number.POSITIVE_INFINITY),
  };
}
