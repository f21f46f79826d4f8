import { join, relative, sep } from 'node:path';
import type { DownloadOptions } from './download-options.ts';
import type { Earlier } from './engine/preflight.ts';
import { hasFile, partsFolder } from './ledger/folder.ts';
import { Ledger } from './ledger/ledger.ts';
import type { Ending } from './ledger/write/runs.ts';
import type { Item } from './model/item.ts';
import type { Outcome } from './model/outcome.ts';
import { StoppedByRule } from './model/stopped-by-rule.ts';
import { withoutCredentials } from './model/without-credentials.ts';
import type { Activity } from './observe/activity.ts';
import { sweepParts } from './save/files/parts.ts';
import { requestedUrl } from './save/names/duplicates.ts';
import type { ReplaceRule } from './save/names/final-names.ts';
import { mayBeAt, type NamingOptions } from './save/names/name-template.ts';

/** A file system's clock may be behind the process's by as much as a timer tick, in ms. */
const CLOCK_LAG = 10;

/** How often is taken note of how busy the run is, in ms. */
const LOAD_INTERVAL = 1000;

/** The options of a download that concern its ledger. */
type RecordingOptions = Pick<
  DownloadOptions,
  'directory' | 'ledger' | 'newer' | 'onCollision' | 'replaceExisting'
>;

/** A run's ledger as a download sees it: what there was before, and what came of it. */
export class Recording implements AsyncDisposable {
  readonly #ledger: Ledger;
  readonly #directory: string;
  /** The directory as files in it begin, with a separator at its end. */
  readonly #start: string;
  readonly #newer: boolean;
  readonly #naming: NamingOptions | undefined;
  /** Unless it is said otherwise, the consumer has left. */
  #ending: Ending = 'stopped';
  #watch: NodeJS.Timeout | undefined;
  /** Rows that a later run may go on with. */
  #unfinished = 0;

  private constructor(
    ledger: Ledger,
    { directory, newer = false }: RecordingOptions,
    naming: NamingOptions | undefined,
  ) {
    this.#ledger = ledger;
    this.#directory = directory;
    this.#start = join(directory, '-').slice(0, -1);
    this.#newer = newer;
    this.#naming = naming;
  }

  /**
   * @param naming how files are named, when that was asked for
   * @param ledgerOf the directory with the ledger, if it is another one
   * @returns undefined when no ledger is asked for @throws BrokenRunError
   */
  static open(
    options: RecordingOptions,
    naming?: NamingOptions,
    ledgerOf = options.directory,
  ): Recording | undefined {
    const { ledger, onCollision, replaceExisting } = options;
    if (ledger === undefined || ledger === false) return undefined;
    const args = ledger === true ? [] : ledger;
    const replaces = onCollision === 'overwrite' || replaceExisting === true;
    return new Recording(Ledger.open(ledgerOf, { arguments: args, replaces }), options, naming);
  }

  /** Where parts of files are kept for later runs. */
  get partsDirectory(): string {
    return partsFolder(this.#directory);
  }

  /**
   * What earlier runs made of the item. To be called for each item in the order of the list, which tells
   * equal ones apart.
   * @throws BrokenRunError
   */
  readonly recall = (item: Item): Earlier | undefined => {
    const previous = this.#ledger.take(item);
    if (previous?.path === undefined) return undefined;
    const { path, bytes, digest, etag, lastModified } = previous;
    if (!hasFile(this.#directory, path, bytes)) return undefined;
    const file = { path: this.#start + path.replaceAll('/', sep), bytes, digest };
    if (!this.#newer) {
      return previous.isDone ? { file, isElsewhere: this.#isElsewhere(item, path) } : undefined;
    }
    if (etag === undefined && lastModified === undefined) return undefined;
    return { file, validators: { etag, lastModified } };
  };

  /** Whether the row asks for another name than its file has. The default names ask for nothing. */
  #isElsewhere(item: Item, path: string): boolean {
    // A row that comes from the ledger asks for no name.
    return (
      this.#naming !== undefined && item.key === undefined && !mayBeAt(item, path, this.#naming)
    );
  }

  /** Whether a row with this URL and the item's name was recalled before it. @throws BrokenRunError */
  readonly hasBeenTaken = (item: Item, url: string): boolean =>
    this.#ledger.hasBeenTaken(item, url);

  /**
   * A file that was there before this run is the row's own when the ledger says so. When the ledger knows
   * of no owner, and the file is younger than a run that was killed, it may be one that the run had no
   * time to record, or one that the user has made since: its contents tell.
   */
  readonly mayReplace: ReplaceRule = (item, path, stats) => {
    const within = relative(this.#directory, path);
    const isUnrecorded = stats.ctimeMs >= this.#ledger.unrecordedSince - CLOCK_LAG;
    // Without a record of the row's own there, another row's file is all that it can be.
    const isOwn =
      (isUnrecorded || this.#ledger.hadFile(item, within)) && this.#ledger.owns(item, within);
    if (isOwn === undefined) return isUnrecorded && 'if-same';
    return isOwn || (this.#isSameDownload(item, within) && 'duplicate');
  };

  /** Whether the file at `path` is that of another row with the item's URL, and as it was saved. */
  #isSameDownload({ url, checksum, headers }: Item, path: string): boolean {
    if (checksum !== undefined || headers !== undefined) return false;
    const row = this.#ledger.rowAt(path);
    if (row === undefined || !hasFile(this.#directory, path, row.bytes)) return false;
    return requestedUrl(withoutCredentials(url)) === requestedUrl(row.url);
  }

  /** @returns a promise when the caller should pause until it is fulfilled @throws BrokenRunError */
  readonly record = (outcome: Outcome): Promise<void> | undefined => {
    const { status } = outcome;
    if (status === 'failed' || status === 'cancelled') this.#unfinished++;
    return this.#ledger.record(outcome);
  };

  /** Takes note of how busy the run is, from second to second, until it ends. */
  watch(activity: Activity): void {
    this.#watch = setInterval(() => {
      const { inFlight, allowed } = activity;
      if (inFlight > 0) this.#ledger.load(inFlight, allowed);
    }, LOAD_INTERVAL).unref();
  }

  /** All rows have ended; or, when the signal has stopped it, all that were taken. */
  async complete({ aborted, reason }: AbortSignal): Promise<void> {
    this.#ending = !aborted
      ? 'complete'
      : reason instanceof StoppedByRule
        ? 'stopped'
        : 'interrupted';
    if (!aborted && this.#unfinished === 0) await sweepParts(this.partsDirectory);
  }

  /** The run itself broke. */
  broken(): void {
    this.#ending = 'broken';
  }

  /** @throws BrokenRunError when not all records are in the ledger */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    // What broke the run may be the ledger itself: then it has said so.
    if (this.#ending === 'broken') await this.#ledger[Symbol.asyncDispose]();
    else await this.#ledger.close(this.#ending);
  }
}
