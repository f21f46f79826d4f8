import type { Item } from '../model/item.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ActivityLog } from '../model/request-in-flight.ts';
import type { BodyWriter, Fetch, Open, Release } from '../model/response.ts';
import type { Duplicates } from '../save/names/duplicates.ts';
import type { Sink } from '../save/sinks/sink.ts';
import type { AdmissionQueue } from '../schedule/admission-queue.ts';
import type { RevocableRequests } from '../schedule/revocable-requests.ts';
import type { Tries } from '../schedule/tries.ts';
import type { CopySaved, Earlier, PendingRow } from './preflight.ts';
import type { SaveSlots } from './save-slots.ts';
import type { Stop } from './stop.ts';

/** The steps of a download, in this order, and the settings of the run. */
export interface Steps {
  /** Gives an item what identifies it from run to run. @default its URL and its name */
  readonly identify?: ((item: Item) => Item) | undefined;
  /**
   * Looks for the item's file of an earlier run; undefined when it has to be downloaded. Called for each
   * item in the order of the list. An error breaks the run.
   */
  readonly recall?: ((item: Item) => Earlier | undefined) | undefined;
  /** @default a row whose file has another name is downloaded */
  readonly copy?: CopySaved | undefined;
  /** Finds rows that are the same download as an earlier one. @default all rows are downloaded */
  readonly duplicates?: Pick<Duplicates, 'enter' | 'end'> | undefined;
  /**
   * Records how an item ended, before its outcome is yielded; also when outcomes are no longer taken. The
   * item is done once the promise is fulfilled. An error breaks the run.
   */
  readonly record?: ((outcome: Outcome) => Promise<void> | undefined) | undefined;
  readonly queue: AdmissionQueue<PendingRow>;
  readonly fetch: Fetch;
  /** Requests that may have to end before their response has come. @default undefined none may */
  readonly revocable?: RevocableRequests | undefined;
  /** Connects to an origin before its first request. @default the request connects */
  readonly open?: Open | undefined;
  /** Called for each origin that no row needs any more. */
  readonly release?: Release | undefined;
  readonly sink: Sink;
  /** Wraps the writer of a body, to make its sender pause. */
  readonly paced?: ((body: BodyWriter) => BodyWriter & Disposable) | undefined;
  /** Makes the count of a row's tries, of the URLs where its file can be had. */
  readonly triesOver: (
    urls: readonly string[],
  ) => Pick<Tries, 'url' | 'isWholeOnly' | 'skipTo' | 'after' | 'mostFor'>;
  /** The time for all tries of a row, from its first permit on, in ms; Infinity for no limit. */
  readonly rowTimeout: number;
  /** Where the requests in flight are noted, and the rows that wait for another try. */
  readonly activity?: ActivityLog | undefined;
  /** The most rows that wait for a permit or for another try. @default 20,000 */
  readonly mostWaiting?: number | undefined;
  /** The most connections that one file comes over at a time. @default 1 */
  readonly segments?: number | undefined;
}

/** The steps of one run, and the state that its rows share. */
export interface Run extends Steps {
  readonly stop: Stop;
  readonly saves: SaveSlots;
}
