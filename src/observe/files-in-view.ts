import type { Item } from '../model/item.ts';
import type { Outcome } from '../model/outcome.ts';
import type { RequestInFlight, RowWaiting } from '../model/request-in-flight.ts';
import { RecentRate } from './recent-rate.ts';
import { bytesOf, type FileUnderWay, type WatchedActivity } from './run-progress.ts';

/** The speed of a file is that of these last ms. */
const WINDOW = 5_000;

/** One file of a run that has only a few, from its first request on. */
export interface FileInView {
  readonly item: Item;
  /** The bytes of it that are there. */
  readonly bytes: number;
  readonly length: number | undefined;
  readonly bytesPerSecond: number;
  /** Its request, if one is in flight. */
  readonly request: RequestInFlight | undefined;
  /** Its wait for the next try, if it waits. */
  readonly wait: RowWaiting | undefined;
  /** How it ended, if it has. */
  readonly outcome: Outcome | undefined;
}

/** A file that is followed. */
interface Followed {
  readonly item: Item;
  speed: RecentRate;
  /** The request whose bytes the speed is made of. */
  measured: FileUnderWay | undefined;
  bytes: number;
  length: number | undefined;
  outcome: Outcome | undefined;
}

/** Follows the files of a run one by one, as long as they are few. */
export class FilesInView {
  readonly #activity: WatchedActivity;
  readonly #most: number;
  readonly #files = new Map<number, Followed>();
  #isCrowded = false;

  /** @param most files: with more, none is followed any longer */
  constructor(activity: WatchedActivity, most: number) {
    this.#activity = activity;
    this.#most = most;
  }

  /** A row has ended. @param now the time of `performance.now()` */
  add(outcome: Outcome, now: number): void {
    const file = this.#follow(outcome.item, now);
    if (file === undefined) return;
    file.outcome = outcome;
    file.bytes = outcome.bytes;
  }

  /** The files, in the order of the list; undefined when they are too many. */
  look(now: number): readonly FileInView[] | undefined {
    if (this.#isCrowded) return undefined;
    const requests = new Map<number, RequestInFlight>();
    const waits = new Map<number, RowWaiting>();
    for (const request of this.#activity.requests) {
      requests.set(request.item.index, request);
      this.#update(request, now);
    }
    for (const row of this.#activity.waiting) {
      waits.set(row.item.index, row);
      this.#update(row, now);
    }
    if (this.#isCrowded) return undefined;
    return [...this.#files]
      .sort(([a], [b]) => a - b)
      .map(([index, { item, bytes, length, speed, outcome }]) => ({
        ...{ item, bytes, length, bytesPerSecond: speed.perSecond, outcome },
        request: requests.get(index),
        wait: waits.get(index),
      }));
  }

  #update(underWay: FileUnderWay, now: number): void {
    const file = this.#follow(underWay.item, now);
    if (file === undefined) return;
    const hasBegun = !('offset' in underWay) || underWay.offset + underWay.received > 0;
    // Until the response begins, what an earlier try has brought is still there.
    if (!hasBegun && underWay.length === undefined) return;
    file.bytes = bytesOf(underWay);
    file.length = underWay.length ?? file.length;
    // What an earlier try has brought says nothing about the speed of this one.
    if (file.measured !== underWay) file.speed = new RecentRate(WINDOW, now, file.bytes);
    file.measured = underWay;
    file.speed.note(now, file.bytes);
  }

  #follow(item: Item, now: number): Followed | undefined {
    if (this.#isCrowded) return undefined;
    const known = this.#files.get(item.index);
    if (known !== undefined) return known;
    if (this.#files.size === this.#most) {
      this.#isCrowded = true;
      this.#files.clear();
      return undefined;
    }
    const file: Followed = {
      ...{ item, speed: new RecentRate(WINDOW, now), measured: undefined },
      ...{ bytes: 0, length: undefined, outcome: undefined },
    };
    this.#files.set(item.index, file);
    return file;
  }
}
