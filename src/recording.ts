import type { Stats } from 'node:fs';
import { join, relative } from 'node:path';
import type { DownloadOptions } from './download-options.ts';
import type { Earlier } from './engine/steps.ts';
import { hasFile, isWhole } from './ledger/is-whole.ts';
import { Ledger } from './ledger/ledger.ts';
import { ledgerFolder } from './ledger/paths.ts';
import type { RowKey } from './ledger/row-key.ts';
import type { Ending } from './ledger/runs.ts';
import type { Item } from './model/item.ts';
import type { Outcome } from './model/outcome.ts';
import { sweepParts } from './save/parts.ts';

/** A file system's clock may be behind the process's by as much as a timer tick, in ms. */
const CLOCK_LAG = 10;

/** A run's ledger as a download sees it: what there was before, and what came of it. */
export class Recording implements AsyncDisposable {
  readonly #ledger: Ledger;
  readonly #directory: string;
  readonly #newer: boolean;
  /** Unless it is said otherwise, the consumer has left. */
  #ending: Ending = 'stopped';
  /** Rows that a later run may go on with. */
  #unfinished = 0;

  private constructor(ledger: Ledger, { directory, newer = false }: DownloadOptions) {
    this.#ledger = ledger;
    this.#directory = directory;
    this.#newer = newer;
  }

  /** @returns undefined when no ledger is asked for @throws BrokenRunError */
  static open(options: DownloadOptions): Recording | undefined {
    const { directory, ledger } = options;
    if (ledger === undefined || ledger === false) return undefined;
    const args = ledger === true ? [] : ledger;
    return new Recording(Ledger.open(directory, { arguments: args }), options);
  }

  /** Where parts of files are kept for later runs. */
  get partsDirectory(): string {
    return join(ledgerFolder(this.#directory), 'parts');
  }

  /** Takes the item up. Synchronous: equal rows are told apart by the order in which they are. */
  readonly recall = (item: Item): Earlier | undefined => {
    const { previous } = this.#ledger.take(item, item.key as RowKey | undefined);
    if (previous?.path === undefined) return undefined;
    const { bytes, digest, etag, lastModified } = previous;
    const file = { path: join(this.#directory, previous.path), bytes, digest };
    if (!this.#newer) return isWhole(previous, this.#directory) ? { file } : undefined;
    if (etag === undefined && lastModified === undefined) return undefined;
    return hasFile(previous, this.#directory)
      ? { file, validators: { etag, lastModified } }
      : undefined;
  };

  /**
   * A file that was there before this run is the row's own when the ledger says so, or when it
   * knows of no owner and the file is younger than a run that was killed: that run had no time to
   * record it.
   */
  readonly mayReplace = (item: Item, path: string, stats: Stats): boolean => {
    const owner = this.#ledger.ownerOf(relative(this.#directory, path));
    if (owner !== undefined) return owner === this.#ledger.keyOf(item);
    return stats.ctimeMs >= this.#ledger.unrecordedSince - CLOCK_LAG;
  };

  /** @returns a promise when the caller should pause until it is fulfilled @throws BrokenRunError */
  readonly record = (outcome: Outcome): Promise<void> | undefined => {
    const { status } = outcome;
    if (status === 'failed' || status === 'cancelled') this.#unfinished++;
    return this.#ledger.record(outcome);
  };

  /** All rows have ended; or, when it was stopped, all that were taken. */
  async complete(stopped: boolean): Promise<void> {
    this.#ending = stopped ? 'interrupted' : 'complete';
    if (!stopped && this.#unfinished === 0) await sweepParts(this.partsDirectory);
  }

  /** The run itself broke. */
  broken(): void {
    this.#ending = 'broken';
  }

  /** @throws BrokenRunError when not all records are in the ledger */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ledger.close(this.#ending);
  }
}
