import type { Item } from '../model/item.ts';
import type { Outcome } from '../model/outcome.ts';
import type { RequestInFlight } from '../model/request-in-flight.ts';
import type { BodyWriter, Fetch, Open, Release, Validators } from '../model/response.ts';
import type { SavedFile, Sink } from '../save/sinks/sink.ts';
import type { AdmissionQueue } from '../schedule/admission-queue.ts';
import type { Tries } from '../schedule/tries.ts';
import type { PendingRow } from './preflight.ts';
import type { SaveSlots } from './save-slots.ts';
import type { Stop } from './stop.ts';

/** What an earlier run made of an item. */
export interface Earlier {
  /** The file is there, as whole as it was then. */
  readonly file: SavedFile;
  /** Ask the server whether it has a newer one; without them the file is taken as it is. */
  readonly validators?: Validators | undefined;
}

/** What a download passes through, in this order, and what it goes by. */
export interface Steps {
  /**
   * What there is of the item from earlier runs; undefined when it is to be downloaded. Called for each
   * item, in the order of the list, and not for the next one before it has answered. What it throws
   * breaks the run.
   */
  readonly recall?:
    | ((item: Item) => Earlier | undefined | Promise<Earlier | undefined>)
    | undefined;
  /**
   * Takes down how an item ended, before its outcome is yielded; also when nobody takes that any more.
   * The item is not done before the promise is fulfilled. What it throws breaks the run.
   */
  readonly record?: ((outcome: Outcome) => Promise<void> | undefined) | undefined;
  readonly queue: AdmissionQueue<PendingRow>;
  readonly fetch: Fetch;
  /** Connects before the first request to an origin. Default: the request does. */
  readonly open?: Open | undefined;
  /** Told of origins that no row needs any more. */
  readonly release?: Release | undefined;
  readonly sink: Sink;
  /** Between the body and what takes it: where one may be told to wait. */
  readonly paced?: ((body: BodyWriter) => BodyWriter & Disposable) | undefined;
  /** Starts the count of a row's tries over the URLs where its file can be had. */
  readonly triesOver: (
    urls: readonly string[],
  ) => Pick<Tries, 'url' | 'isWholeOnly' | 'skipTo' | 'after'>;
  /** For all tries of a row, from when the first may start, in ms; Infinity for no limit. */
  readonly rowTimeout: number;
  /** Has each request in it for as long as that is under way, the oldest first. */
  readonly inFlight?: Set<RequestInFlight> | undefined;
  /** Connections, at most, that one file comes over at a time. Default: 1. */
  readonly segments?: number | undefined;
}

/** The steps of one run, and what its rows have in common. */
export interface Run extends Steps {
  readonly stop: Stop;
  readonly saves: SaveSlots;
}
