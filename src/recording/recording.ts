import type { RunSettings } from '../download-options.ts';
import { partsFolder, uploadsFolder } from '../ledger/folder.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Ending } from '../ledger/write/runs.ts';
import type { Outcome } from '../model/outcome.ts';
import { StoppedByRule } from '../model/stopped-by-rule.ts';
import type { Activity } from '../observe/activity.ts';
import { sweepParts } from '../save/files/parts.ts';
import type { NamingOptions } from '../save/names/name-template.ts';
import type { ShardJournal } from '../save/shards/shard.ts';
import { sinkPlace } from '../save/sinks/open-sink.ts';
import type { OutcomeLog } from '../save/sinks/sink.ts';
import { EarlierFiles, type EarlierFilesOptions } from './earlier-files.ts';
import { FileOwners } from './file-owners.ts';

/** How often is taken note of how busy the run is, in ms. */
const LOAD_INTERVAL = 1000;

/** The options of a download that concern its ledger. */
type RecordingOptions = EarlierFilesOptions &
  Pick<RunSettings, 'sink' | 'ledger' | 'key' | 'onKeyChange'>;

/** A run's ledger as a download sees it: what there was before, and what came of it. */
export class Recording implements OutcomeLog, AsyncDisposable {
  /** What earlier runs have saved for the rows. */
  readonly earlier: EarlierFiles;
  /** Which row a file that is there belongs to. */
  readonly owners: FileOwners;
  readonly #ledger: Ledger;
  readonly #directory: string;
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
    this.#ledger = ledger;
    this.#directory = directory;
    this.earlier = new EarlierFiles(ledger, options, { location: locationOf(sink), naming });
    this.owners = new FileOwners(ledger, this.earlier, options);
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

  /** @returns a promise when the caller should pause until it is fulfilled @throws BrokenRunError */
  readonly record = (outcome: Outcome): Promise<void> | undefined => {
    const { status, item } = outcome;
    this.earlier.forget(item);
    if (status === 'failed' || status === 'cancelled') this.#unfinished++;
    return this.#ledger.record(outcome);
  };

  /** See {@link OutcomeLog.hold}. */
  hold(outcome: Outcome, object: string): Promise<void> | undefined {
    this.earlier.forget(outcome.item);
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
