import type { HttpOptions } from './fetch/http-options.ts';
import type { Activity } from './observe/activity.ts';
import type { DirectorySinkOptions } from './save/sinks/directory-sink.ts';
import type { Sink } from './save/sinks/sink.ts';

/** Options of `download`. Durations are in ms, sizes in bytes. */
export interface DownloadOptions
  extends Omit<HttpOptions, 'maxConnections'>,
    Pick<
      DirectorySinkOptions,
      | 'useContentDisposition'
      | 'onCollision'
      | 'replaceExisting'
      | 'digest'
      | 'durable'
      | 'fileTimes'
    > {
  /** Where the files go; created when it is missing. */
  readonly directory: string;
  /** The names of the files, such as `{host}/{path}/{name}`. Default: the row's, or that of its URL. */
  readonly names?: string | undefined;
  /** Where the bodies go instead of files below `directory`. */
  readonly sink?: Sink | undefined;
  /**
   * Requests in flight at a time, at most; `auto`: as many as each origin bears well, up to 256, and as
   * make the run faster. Default: 5.
   */
  readonly maxRequests?: number | 'auto' | undefined;
  /** With `auto`, never more than this in all. @default 512 */
  readonly mostRequests?: number | undefined;
  /** Of those, at most for each origin (scheme, host and port). Default: all of them. */
  readonly maxRequestsPerOrigin?: number | undefined;
  /** Requests a second to each origin, evenly spaced. Default: no limit. */
  readonly requestRate?: number | undefined;
  /** Bytes a second, of all bodies together. Default: no limit. */
  readonly bandwidth?: number | undefined;
  /**
   * Connections, at most, that one file comes over at a time, 1 to 16, where its server sends ranges
   * of it. Those beyond the first are taken only while no other row waits for them. Default: 1.
   */
  readonly segments?: number | undefined;
  /**
   * Stops the run: requests in flight are cancelled, and no more rows are read. The rows read so far
   * still get their outcomes, `cancelled` ones.
   */
  readonly signal?: AbortSignal | undefined;
  /** Tries for a row, the first one included. Default: 4. */
  readonly tries?: number | undefined;
  /** The longest wait between two tries, whoever asks for it. Default: a minute. */
  readonly retryMaxWait?: number | undefined;
  /** For all tries of a row. Default: no limit. */
  readonly rowTimeout?: number | undefined;
  /**
   * Keeps a ledger in `directory`: rows that an earlier run has done are skipped, parts of files are
   * gone on with. Default: no ledger. A string list is the command line that it remembers.
   */
  readonly ledger?: boolean | readonly string[] | undefined;
  /** Lets it be looked at what the run is doing. */
  readonly activity?: Activity | undefined;
  /** Ask again for files that the ledger has, and download those that have changed. */
  readonly newer?: boolean | undefined;
}
