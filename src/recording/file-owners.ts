import { join, relative } from 'node:path';
import type { RunSettings } from '../download-options.ts';
import { statsOfFile } from '../ledger/folder.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { fileState, mayBeUnrecorded } from '../ledger/match/file-state.ts';
import type { Item } from '../model/item.ts';
import { withoutCredentials } from '../model/without-credentials.ts';
import { requestedUrl } from '../save/names/duplicates.ts';
import type { ReplaceRule } from '../save/names/existing-files.ts';
import type { EarlierFiles } from './earlier-files.ts';

/** The options of a download that say which files may be replaced. */
export type FileOwnersOptions = Pick<RunSettings, 'directory' | 'onCollision'>;

/** Which row the files belong to that were there before the run, and so which row may replace one. */
export class FileOwners {
  readonly #ledger: Ledger;
  readonly #earlier: EarlierFiles;
  readonly #options: FileOwnersOptions;

  /** @param earlier where the rows were recalled */
  constructor(ledger: Ledger, earlier: EarlierFiles, options: FileOwnersOptions) {
    this.#ledger = ledger;
    this.#earlier = earlier;
    this.#options = options;
  }

  /**
   * A file that was there before this run is the row's own when the ledger says so. When the ledger knows
   * of no owner, and the file is younger than a run that was killed, it may be one that the run had no
   * time to record, or one that the user has made since: its contents tell.
   */
  readonly mayReplace: ReplaceRule = (item, path, stats) => {
    const within = relative(this.#options.directory, path);
    const isUnrecorded = mayBeUnrecorded(stats, this.#ledger.unrecordedSince);
    // Without a record of the row's own there, another row's file is all that it can be.
    const isOwn =
      (isUnrecorded || this.#ledger.hadFile(item, within)) && this.#ledger.owns(item, within);
    if (isOwn === undefined) return isUnrecorded && 'if-same';
    if (!isOwn) return this.#isSameDownload(item, within) && 'duplicate';
    const previous = this.#ledger.previous(item);
    if (previous === undefined || this.#earlier.isAsRecorded(item)) return true;
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
    return !requestsSame(item, row);
  };

  /** Whether the file at `path` is that of another row with the item's URL, and as it was saved. */
  #isSameDownload(item: Item, path: string): boolean {
    if (item.checksum !== undefined || item.headers !== undefined) return false;
    const row = this.#ledger.rowAt(path);
    const stats = row && statsOfFile(join(this.#options.directory, path));
    if (row === undefined || !stats?.isFile() || stats.size !== row.bytes) return false;
    return requestsSame(item, row);
  }
}

/** Whether a row requests the same as another one did, whose URL is recorded without credentials. */
function requestsSame({ url }: Item, recorded: { readonly url: string }): boolean {
  return requestedUrl(withoutCredentials(url)) === requestedUrl(recorded.url);
}
