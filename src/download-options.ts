import type { HttpOptions } from './fetch/http-options.ts';
import type { KeyChange } from './ledger/match/row-keys.ts';
import type { RowKey } from './model/row-key.ts';
import type { Activity } from './observe/activity.ts';
import type { DirectorySinkOptions } from './save/sinks/directory-sink.ts';
import type { SinkOptions } from './save/sinks/open-sink.ts';
import type { Sink } from './save/sinks/sink.ts';
import type { SharedLimits } from './schedule/shared-limits.ts';
import type { StorageOptions } from './storage/open-storage.ts';

/** Options of `download`. Durations are in ms, sizes in bytes. */
export interface DownloadOptions
  extends HttpOptions,
    Pick<
      DirectorySinkOptions,
      | 'useContentDisposition'
      | 'onCollision'
      | 'replaceExisting'
      | 'digest'
      | 'durable'
      | 'fileTimes'
    >,
    Pick<SinkOptions, 'shardSize' | 'shardBytes' | 'captionColumn'> {
  /**
   * Where the files go, and the ledger. It is created if it is missing.
   * @default that of `sink: 'tar:DIR'`, else the current one
   */
  readonly directory?: string | undefined;
  /**
   * A template for the file names, such as `{host}/{path}/{name}`.
   * @default undefined the row's name, or that of its URL
   */
  readonly names?: string | undefined;
  /**
   * Takes the bodies in place of files below `directory`: a sink of your own, or where one saves.
   * `tar:DIR` writes WebDataset shards into DIR, which has the ledger, too; their samples have names of
   * their own: `names`, `onCollision` and `replaceExisting` do nothing. `s3://BUCKET/PREFIX` stores an
   * object for each row, and `tar:s3://BUCKET/PREFIX` shards; the ledger is in `directory`.
   * @default undefined files
   */
  readonly sink?: Sink | string | undefined;
  /**
   * For S3: the URL of a server other than AWS, and where credentials and region are looked for.
   * @default undefined the environment of this process, and the files that it names, as for `aws`
   */
  readonly s3?: Pick<NonNullable<StorageOptions['s3']>, 'endpoint' | 'environment'> | undefined;
  /**
   * Store equal contents once. A row whose file has the SHA-256 of an earlier one, of this run or one
   * before, is `ok` with `duplicateOf`: its file is a hard link to the earlier one, or in shards and in S3
   * the same path. Files that share their contents change together. It implies `digest`.
   * @default false
   */
  readonly dedupe?: boolean | undefined;
  /**
   * Requests in flight at a time, at most. `auto` finds by itself how many each origin can take, up to
   * 256, and how many make the run faster.
   * @default 5
   */
  readonly maxRequests?: number | 'auto' | undefined;
  /** With `auto`, requests in flight in all, at most. @default 512 */
  readonly mostRequests?: number | undefined;
  /** Requests in flight at each origin (scheme, host and port), at most. @default `maxRequests` */
  readonly maxRequestsPerOrigin?: number | undefined;
  /** Requests a second to each origin, evenly spaced. @default Infinity */
  readonly requestRate?: number | undefined;
  /** Bytes a second of all bodies together. @default Infinity */
  readonly bandwidth?: number | undefined;
  /**
   * Connections for one file at a time, 1 to 16, where its server sends ranges. Those beyond the first
   * are used only while no other row waits for them.
   * @default 1
   */
  readonly segments?: number | undefined;
  /**
   * Stops the run: requests in flight are cancelled, and no more rows are read. The rows read so far
   * still get their outcomes, those in flight as `cancelled`.
   * @default undefined nothing stops it
   */
  readonly signal?: AbortSignal | undefined;
  /** Tries for each row, the first one included. Those that bring a part of the file do not count. @default 4 */
  readonly tries?: number | undefined;
  /** The longest wait between two tries, also when the server asks for more. @default 60_000 */
  readonly retryMaxWait?: number | undefined;
  /** How long all tries of one row may take, waits included. Then it fails with `timeout-total`. @default Infinity */
  readonly rowTimeout?: number | undefined;
  /**
   * Keeps a ledger in `directory`. A later run then skips the rows that are done, and resumes files that
   * are there in part. A list of strings is a command line for the ledger to remember.
   * @default false
   */
  readonly ledger?: boolean | readonly string[] | undefined;
  /**
   * With a ledger: what identifies a row from run to run. Lists whose URLs get new signatures go on with
   * `url-without-query`, `path` or `column NAME`. A row's own `key` goes first.
   * @default 'url' a row's URL and name
   */
  readonly key?: RowKey | undefined;
  /**
   * With a ledger: called before the first row when the last run in the directory identified rows by
   * another key, and each second while the ledger gives many rows their new one.
   * @default undefined
   */
  readonly onKeyChange?: ((change: KeyChange) => void) | undefined;
  /** With a ledger: ask again for files that are done, and download those that have changed. @default false */
  readonly newer?: boolean | undefined;
  /**
   * With a ledger: rows that are done are skipped without a look at their files, also when those were
   * moved away.
   * @default false
   */
  readonly trustLedger?: boolean | undefined;
  /** Shows the requests in flight and the rows that wait. It is for this run alone. @default undefined */
  readonly activity?: Activity | undefined;
  /** @internal Limits that several runs keep together. @default undefined those of this run alone */
  readonly sharedLimits?: SharedLimits | undefined;
}

/** The options of a run, whose directory is known. */
export type RunSettings = DownloadOptions & { readonly directory: string };
