import type { Stats } from 'node:fs';
import { join, sep } from 'node:path';
import type { RunSettings } from '../download-options.ts';
import type { Earlier } from '../engine/preflight.ts';
import { statsOfFile } from '../ledger/folder.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { fileState, mayBeUnrecorded, wasChecked } from '../ledger/match/file-state.ts';
import type { PreviousRecord } from '../ledger/match/previous-records.ts';
import { ChangedHereError } from '../model/file-errors.ts';
import type { Item } from '../model/item.ts';
import type { RecallContents } from '../save/files/contents.ts';
import { RunningDigests } from '../save/files/digests.ts';
import { mayBeAt } from '../save/names/may-be-at.ts';
import type { NamingOptions } from '../save/names/name-template.ts';
import type { SavedFile, Sink } from '../save/sinks/sink.ts';

/** The options of a download that say what counts as done. */
export type EarlierFilesOptions = Pick<
  RunSettings,
  'directory' | 'newer' | 'trustLedger' | 'onCollision' | 'replaceExisting'
>;

/** Where the files of a run are, and how they are named. */
interface Placement {
  /** What the paths of a sink's files begin with; undefined for the directory of the run. */
  readonly location: string | undefined;
  /** Undefined where files have the default names, or those of the sink. */
  readonly naming: NamingOptions | undefined;
}

/** The files that earlier runs have saved for the rows of a run, compared with what is there now. */
export class EarlierFiles {
  readonly #ledger: Ledger;
  readonly #options: EarlierFilesOptions;
  /** What the paths of files begin with, with a separator at its end. */
  readonly #start: string;
  readonly #naming: NamingOptions | undefined;
  /** Rows whose file was written to since it was saved, and has the recorded contents. By index. */
  readonly #asRecorded = new Set<number>();

  constructor(ledger: Ledger, options: EarlierFilesOptions, { location, naming }: Placement) {
    this.#ledger = ledger;
    this.#options = options;
    this.#start =
      location === undefined ? join(options.directory, '-').slice(0, -1) : `${location}${sep}`;
    this.#naming = naming;
  }

  /**
   * What earlier runs made of the item. To be called for each item in the order of the list, which tells
   * equal ones apart.
   * @param isSaved whether a file is still there, where it is not in the directory
   * @returns undefined when the row is to be downloaded
   * @throws BrokenRunError
   */
  readonly recall = (item: Item, isSaved?: Sink['isSaved']): Earlier | undefined => {
    const previous = this.#ledger.take(item);
    if (previous === undefined) return undefined;
    const file = this.#fileOf(previous);
    if (file === undefined) return undefined;
    return isSaved === undefined
      ? this.#recallFromDirectory(item, previous, file)
      : this.#recallFromSink(item, previous, file, isSaved);
  };

  /** Whether a row with this URL and the item's name was recalled before it. @throws BrokenRunError */
  readonly hasBeenTaken = (item: Item, url: string): boolean =>
    this.#ledger.hasBeenTaken(item, url);

  /** A file with these contents that is recorded. @throws BrokenRunError */
  readonly contents: RecallContents = (digest) => {
    const known = this.#ledger.withDigest(digest);
    const file = known && this.#fileOf(known);
    return file && { path: file.path, bytes: file.bytes, savedAt: known.savedAt ?? 0 };
  };

  /** Whether the file of a row that was recalled was compared with the record, and has its contents. */
  isAsRecorded({ index }: Item): boolean {
    return this.#asRecorded.has(index);
  }

  /** Forgets what is known of a row, which has ended. */
  forget({ index }: Item): void {
    this.#asRecorded.delete(index);
  }

  /** @returns undefined when the row has no file */
  #fileOf({ path, bytes, digest }: PreviousRecord): SavedFile | undefined {
    if (path === undefined) return undefined;
    return { path: this.#start + path.replaceAll('/', sep), bytes, digest };
  }

  #recallFromDirectory(item: Item, previous: PreviousRecord, file: SavedFile): Earlier | undefined {
    const there = { file, isElsewhere: this.#isElsewhere(item, previous) };
    if (this.#options.trustLedger === true) return previous.isDone ? there : undefined;
    const stats = statsOfFile(file.path);
    const state = fileState(stats, previous);
    const { checksum } = item;
    if (checksum !== undefined) {
      // The checksum alone counts. Where the file was not checked against it, the sink does that.
      return state === 'same' && wasChecked(previous, checksum) ? there : undefined;
    }
    if (stats === undefined || state === 'missing' || state === 'damaged') return undefined;
    // A file that stays where it is need not be protected.
    if (there.isElsewhere) {
      return state === 'changed' ? undefined : this.#unchanged(previous, there);
    }
    if (state === 'changed') {
      // A shorter file may have been cut: contents tell, once the file has come.
      const isShorter = stats.isFile() && stats.size < previous.bytes;
      return isShorter ? undefined : this.#changed(file.path, stats);
    }
    const isComparable = file.digest !== undefined && (previous.isDone || this.#asksServer);
    if (state === 'same' || !isComparable) return this.#unchanged(previous, there);
    const examine = async () => {
      if ((await sha256Of(file.path, stats.size)) !== file.digest) {
        return this.#changed(file.path, stats);
      }
      this.#asRecorded.add(item.index);
      return this.#unchanged(previous, there);
    };
    return { file, examine };
  }

  #recallFromSink(
    item: Item,
    previous: PreviousRecord,
    file: SavedFile,
    isSaved: NonNullable<Sink['isSaved']>,
  ): Earlier | undefined {
    // Where it is now is not where the row asks for it, unless it is the place of an equal file.
    const isShared = previous.path === previous.duplicateOf;
    if (!isShared && this.#isElsewhere(item, previous)) return undefined;
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

  /** The file is as it was saved. */
  #unchanged(previous: PreviousRecord, there: Earlier): Earlier | undefined {
    if (!this.#asksServer) return previous.isDone ? there : undefined;
    const { etag, lastModified } = previous;
    if (etag === undefined && lastModified === undefined) return undefined;
    return { file: there.file, validators: { etag, lastModified } };
  }

  /** The file is not what was saved. */
  #changed(path: string, stats: Stats): Earlier | undefined {
    const { onCollision, replaceExisting } = this.#options;
    if (onCollision === 'overwrite' || onCollision === 'rename' || replaceExisting === true) {
      return undefined;
    }
    // It may be a file that a killed run saved and did not record: contents tell, once it has come.
    if (mayBeUnrecorded(stats, this.#ledger.unrecordedSince)) return undefined;
    const file = { path, bytes: stats.size };
    return { file, changed: new ChangedHereError(file, onCollision === 'fail') };
  }

  /** Whether the server is asked for a newer file. */
  get #asksServer(): boolean {
    return this.#options.newer === true;
  }

  /** Whether the row asks for another name than its file has. The default names ask for nothing. */
  #isElsewhere(item: Item, { path = '' }: PreviousRecord): boolean {
    // A row that comes from the ledger asks for no name.
    return (
      this.#naming !== undefined &&
      item.recordId === undefined &&
      !mayBeAt(item, path, this.#naming)
    );
  }
}

/** The digest of a file as the ledger has it. @throws the file system's errors */
async function sha256Of(path: string, bytes: number): Promise<string> {
  const digests = new RunningDigests(['sha256']);
  await digests.absorb(path, bytes);
  return `sha256:${digests.results().sha256}`;
}
