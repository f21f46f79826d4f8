import type { Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { RunSettings } from './download-options.ts';
import type { Earlier } from './engine/preflight.ts';
import { partsFolder, statsOfFile, uploadsFolder } from './ledger/folder.ts';
import { Ledger } from './ledger/ledger.ts';
import { CLOCK_LAG, fileState, wasChecked } from './ledger/match/file-state.ts';
import type { PreviousRecord } from './ledger/match/previous-records.ts';
import type { Ending } from './ledger/write/runs.ts';
import { ChangedHereError } from './model/file-errors.ts';
import type { Item } from './model/item.ts';
import type { Outcome } from './model/outcome.ts';
import { StoppedByRule } from './model/stopped-by-rule.ts';
import { withoutCredentials } from './model/without-credentials.ts';
import type { Activity } from './observe/activity.ts';
import type { RecallContents } from './save/files/contents.ts';
import { RunningDigests } from './save/files/digests.ts';
import { sweepParts } from './save/files/parts.ts';
import { requestedUrl } from './save/names/duplicates.ts';
import type { ReplaceRule } from './save/names/existing-files.ts';
import { mayBeAt } from './save/names/may-be-at.ts';
import type { NamingOptions } from './save/names/name-template.ts';
import type { ShardJournal } from './save/shards/shard.ts';
import { sinkPlace } from './save/sinks/open-sink.ts';
import type { OutcomeLog, SavedFile, Sink } from './save/sinks/sink.ts';

/** How often is taken note of how busy the run is, in ms. */
const LOAD_INTERVAL = 1000;

/** The options of a download that concern its ledger. */
type RecordingOptions = Pick<
  RunSettings,
  | 'directory'
  | 'sink'
  | 'ledger'
  | 'newer'
  | 'trustLedger'
  | 'key'
  | 'onKeyChange'
  | 'onCollision'
  | 'replaceExisting'
>;

/** A run's ledger as a download sees it: what there was before, and what came of it. */
export class Recording implements OutcomeLog, AsyncDisposable {
  readonly #ledger: Ledger;
  readonly #directory: string;
  /** What the paths of files begin with, with a separator at its end. */
  readonly #start: string;
  readonly #naming: NamingOptions | undefined;
  readonly #options: RecordingOptions;
  /** Rows whose file has the recorded contents, though it was written to since. By index. */
  readonly #same = new Set<number>();
  /** Unless it is said otherwise, the consumer has left. */
  #ending: Ending = 'stopped';
  #watch: NodeJS.Timeout | undefined;
  /** Rows that a later run may go on with. */
  #unfinished = 0;

  private constructor(
    ledger: Ledger,
    options: RecordingOptions,
    naming: NamingOptions | undefined,
  ) {
    const { directory, sink } = options;
    const files = locationOf(sink);
    this.#ledger = ledger;
    this.#options = options;
    this.#directory = directory;
    this.#start = files === undefined ? join(directory, '-').slice(0, -1) : `${files}${sep}`;
    this.#naming = naming;
  }

  /**
   * @param naming how files are named, when that was asked for and the sink does not name them
   * @param ledgerOf the directory with the ledger, if it is another one
   * @returns undefined when no ledger is asked for @throws BrokenRunError
   */
  static open(
    options: RecordingOptions,
    naming?: NamingOptions,
    ledgerOf = options.directory,
  ): Recording | undefined {
    const { ledger, onCollision, replaceExisting, key, onKeyChange, sink } = options;
    if (ledger === undefined || ledger === false) return undefined;
    const args = ledger === true ? [] : ledger;
    const replaces = onCollision === 'overwrite' || replaceExisting === true;
    return new Recording(
      Ledger.open(ledgerOf, {
        arguments: args,
        replaces,
        key,
        onKeyChange,
        files: locationOf(sink),
      }),
      options,
      naming,
    );
  }

  /** Which shard of a tar sink is being published. */
  get journal(): ShardJournal {
    return this.#ledger.shards;
  }

  /** Where parts of files are kept for later runs. */
  get partsDirectory(): string {
    return partsFolder(this.#directory);
  }

  /** Where uploads that are under way are noted for later runs. */
  get uploadsDirectory(): string {
    return uploadsFolder(this.#directory);
  }

  /**
   * What earlier runs made of the item. To be called for each item in the order of the list, which tells
   * equal ones apart.
   * @param isSaved whether a file is still there, where it is not in the directory
   * @throws BrokenRunError
   */
  readonly recall = (item: Item, isSaved?: Sink['isSaved']): Earlier | undefined => {
    const previous = this.#ledger.take(item);
    if (previous?.path === undefined) return undefined;
    const path = this.#start + previous.path.replaceAll('/', sep);
    const file = { path, bytes: previous.bytes, digest: previous.digest };
    if (isSaved !== undefined) return this.#recallFromSink(item, previous, file, isSaved);
    const { trustLedger = false, newer = false } = this.#options;
    const there = { file, isElsewhere: this.#isElsewhere(item, previous.path) };
    if (trustLedger) return previous.isDone ? there : undefined;
    const stats = statsOfFile(path);
    const state = fileState(stats, previous);
    const { checksum } = item;
    if (checksum !== undefined) {
      // The checksum alone counts. Where the file was not checked against it, the sink does that.
      return state === 'same' && wasChecked(previous, checksum) ? there : undefined;
    }
    if (stats === undefined || state === 'missing' || state === 'damaged') return undefined;
    // A file that stays where it is need not be protected.
    if (there.isElsewhere)
      return state === 'changed' ? undefined : this.#unchanged(previous, there);
    // A shorter file may have been cut: contents tell, once the file has come.
    if (state === 'changed' && stats.isFile() && stats.size < previous.bytes) return undefined;
    if (state === 'changed') return this.#changed(path, stats);
    if (state === 'touched' && file.digest !== undefined && (previous.isDone || newer)) {
      const examine = async () => {
        if ((await sha256Of(path, stats.size)) !== file.digest) return this.#changed(path, stats);
        this.#same.add(item.index);
        return this.#unchanged(previous, there);
      };
      return { file, examine };
    }
    return this.#unchanged(previous, there);
  };

  #recallFromSink(
    item: Item,
    previous: PreviousRecord,
    file: SavedFile,
    isSaved: NonNullable<Sink['isSaved']>,
  ): Earlier | undefined {
    // Where it is now is not where the row asks for it, unless it is the place of an equal file.
    const isShared = previous.path === previous.duplicateOf;
    if (!isShared && this.#isElsewhere(item, previous.path ?? '')) return undefined;
    const there = { file };
    if (this.#options.trustLedger === true) return previous.isDone ? there : undefined;
    const { checksum } = item;
    if (checksum !== undefined && !wasChecked(previous, checksum)) return undefined;
    const decided = (isThere: boolean) => (isThere ? this.#unchanged(previous, there) : undefined);
    const asked = isSaved(file, item);
    return typeof asked === 'boolean'
      ? decided(asked)
      : { file, examine: () => asked.then(decided) };
  }

  #unchanged(previous: PreviousRecord, there: Earlier): Earlier | undefined {
    if (this.#options.newer !== true) return previous.isDone ? there : undefined;
    const { etag, lastModified } = previous;
    if (etag === undefined && lastModified === undefined) return undefined;
    return { file: there.file, validators: { etag, lastModified } };
  }

  /** @returns undefined when the row is to be downloaded */
  #changed(path: string, { size, ctimeMs }: Stats): Earlier | undefined {
    const { onCollision, replaceExisting } = this.#options;
    if (onCollision === 'overwrite' || onCollision === 'rename' || replaceExisting === true) {
      return undefined;
    }
    // It may be a file that a killed run saved and did not record: contents tell, once it has come.
    if (this.#isUnrecorded(ctimeMs)) return undefined;
    const file = { path, bytes: size };
    return { file, changed: new ChangedHereError(file, onCollision === 'fail') };
  }

  #isUnrecorded(ctimeMs: number): boolean {
    return ctimeMs >= this.#ledger.unrecordedSince - CLOCK_LAG;
  }

  /** Whether the row asks for another name than its file has. The default names ask for nothing. */
  #isElsewhere(item: Item, path: string): boolean {
    // A row that comes from the ledger asks for no name.
    return (
      this.#naming !== undefined &&
      item.recordId === undefined &&
      !mayBeAt(item, path, this.#naming)
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
    const isUnrecorded = this.#isUnrecorded(stats.ctimeMs);
    // Without a record of the row's own there, another row's file is all that it can be.
    const isOwn =
      (isUnrecorded || this.#ledger.hadFile(item, within)) && this.#ledger.owns(item, within);
    if (isOwn === undefined) return isUnrecorded && 'if-same';
    if (!isOwn) return this.#isSameDownload(item, within) && 'duplicate';
    const previous = this.#ledger.previous(item);
    if (previous === undefined || this.#same.has(item.index)) return true;
    const state = fileState(stats, previous);
    const isLonger = state === 'changed' && stats.size > previous.bytes;
    if (isLonger && this.#options.onCollision === 'rename') return false;
    return state === 'changed' || state === 'touched' ? 'changed' : true;
  };

  /**
   * How long the item's own file was that an earlier run has saved at `path`, in bytes.
   * @param path relative
   * @returns undefined when it saved none there
   */
  readonly recordedAt = (item: Item, path: string): number | undefined => {
    const isOwn = this.#ledger.hadFile(item, path) && this.#ledger.owns(item, path) === true;
    return isOwn ? this.#ledger.previous(item)?.bytes : undefined;
  };

  /**
   * Whether what an earlier run has saved at `path` is another download's.
   * @param path relative
   */
  readonly isOfAnother = (item: Item, path: string): boolean => {
    const row = this.#ledger.rowAt(path);
    if (row === undefined || this.#ledger.hadFile(item, path)) return false;
    return requestedUrl(withoutCredentials(item.url)) !== requestedUrl(row.url);
  };

  /** Whether the file at `path` is that of another row with the item's URL, and as it was saved. */
  #isSameDownload({ url, checksum, headers }: Item, path: string): boolean {
    if (checksum !== undefined || headers !== undefined) return false;
    const row = this.#ledger.rowAt(path);
    const stats = row && statsOfFile(join(this.#directory, path));
    if (row === undefined || !stats?.isFile() || stats.size !== row.bytes) return false;
    return requestedUrl(withoutCredentials(url)) === requestedUrl(row.url);
  }

  /** A file with these contents that is recorded. @throws BrokenRunError */
  readonly contents: RecallContents = (digest) => {
    const known = this.#ledger.withDigest(digest);
    if (known?.path === undefined) return undefined;
    const { path, bytes, savedAt = 0 } = known;
    return { path: this.#start + path.replaceAll('/', sep), bytes, savedAt };
  };

  /** @returns a promise when the caller should pause until it is fulfilled @throws BrokenRunError */
  readonly record = (outcome: Outcome): Promise<void> | undefined => {
    const { status, item } = outcome;
    this.#same.delete(item.index);
    if (status === 'failed' || status === 'cancelled') this.#unfinished++;
    return this.#ledger.record(outcome);
  };

  /** See {@link OutcomeLog.hold}. */
  hold(outcome: Outcome, object: string): Promise<void> | undefined {
    this.#same.delete(outcome.item.index);
    return this.#ledger.hold(outcome, object);
  }

  /** @throws BrokenRunError */
  recordHeld(object: string): void {
    this.#ledger.recordHeld(object);
  }

  /** @throws BrokenRunError */
  flush(): Promise<void> {
    return this.#ledger.flush();
  }

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

/** What the paths of a sink's files begin with; undefined for the directory of the run. */
function locationOf(sink: RunSettings['sink']): string | undefined {
  return typeof sink === 'string' ? sinkPlace(sink).location : sink?.location;
}

/** The digest of a file as the ledger has it. @throws the file system's errors */
async function sha256Of(path: string, bytes: number): Promise<string> {
  const digests = new RunningDigests(['sha256']);
  await digests.absorb(path, bytes);
  return `sha256:${digests.results().sha256}`;
}
