import { join, sep } from 'node:path';
import type { Item } from '../../model/item.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import { isS3 } from '../../storage/open-storage.ts';
import {
  type Contents,
  destinationOnce,
  type KnownContents,
  type SharableDestination,
  type SharedPath,
} from '../files/contents.ts';
import { openDraft, type SmallBody, type StagedBody, type WholeBody } from '../files/file-draft.ts';
import type { StagingArea } from '../files/staging-area.ts';
import type { Draft, OutcomeLog, SavedFile, Sink } from '../sinks/sink.ts';
import { findShards, isInShards, type PublishedShards } from './published-shards.ts';
import { rowJson } from './row-json.ts';
import { RowLines } from './row-lines.ts';
import { extensionOf } from './sample.ts';
import { memberIn, type Sample, type ShardJournal } from './shard.ts';
import { type ShardBounds, ShardSequence } from './shard-sequence.ts';
import { TableThread } from './table-thread.ts';

/**
 * Rows without a sample that a shard's table lists, at most: rows that failed, and rows that share a file.
 * Further ones are in the ledger alone.
 */
const MOST_OTHERS = 100_000;

/** Options of {@link TarSink}. */
export interface TarSinkOptions extends ShardBounds {
  /** The column that is written beside each file, as `KEY.txt`. @default none */
  readonly captionColumn?: string | undefined;
  /** @default without a ledger, rows are not recorded */
  readonly journal?: ShardJournal | undefined;
  /** The contents that are saved already. @default every file is a sample */
  readonly contents?: Contents | undefined;
  /** A clock in ms since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/**
 * Saves each body as a sample of a tar shard, by the conventions of WebDataset: the members of a sample
 * follow each other, and share the name up to its first dot. Beside each shard are a table and statistics.
 *
 * A shard becomes visible whole, and its rows are recorded only then. So a run that is killed leaves whole
 * shards, and nothing that the next run takes for saved without being there.
 */
export class TarSink implements Sink, AsyncDisposable {
  readonly location: string;
  /** What the paths of files begin with, and what separates their parts. */
  readonly #start: string;
  readonly #separator: string;
  readonly #storage: ObjectStorage;
  readonly #staging: StagingArea;
  readonly #options: TarSinkOptions;
  readonly #now: () => number;
  /** The shards that were there when the run began. */
  readonly #published: ReadonlySet<string>;
  readonly #tables = new TableThread();
  readonly #shards: ShardSequence;
  /** Bodies whose rows have no outcome yet, by the row's index. */
  readonly #samples = new Map<number, Sample>();
  /** The rows without a sample that no shard's table has yet. */
  #others = new RowLines();
  /** In ms since the epoch, by the clock that {@link Contents} go by. */
  readonly #openedAt = Date.now();

  private constructor(
    storage: ObjectStorage,
    staging: StagingArea,
    options: TarSinkOptions,
    { names, next }: PublishedShards,
  ) {
    const { shardSize, shardBytes, journal, now = Date.now } = options;
    const { location } = storage;
    this.location = location;
    this.#separator = isS3(location) ? '/' : sep;
    this.#start = isS3(location) ? `${location}/` : join(location, '-').slice(0, -1);
    this.#storage = storage;
    this.#staging = staging;
    this.#options = options;
    this.#now = now;
    this.#published = names;
    this.#shards = new ShardSequence({
      ...{ storage, journal, shardSize, shardBytes, now, tables: this.#tables, first: next },
      takeOthers: () => {
        const others = this.#others;
        this.#others = new RowLines();
        return others;
      },
      giveBack: (others) => this.#others.addAll(others),
    });
  }

  /**
   * New shards get the numbers after those that are there.
   * @throws RangeError for an option; BrokenRunError when shards cannot be listed, or what a killed run has
   *   left of one not removed
   */
  static async open(
    storage: ObjectStorage,
    staging: StagingArea,
    options: TarSinkOptions = {},
  ): Promise<TarSink> {
    const found = await findShards(storage, options.journal);
    return new TarSink(storage, staging, options, found);
  }

  open(item: Item): Draft | Promise<Draft> {
    const sample = new SampleDestination(item, this);
    return openDraft(item, destinationOnce(sample, this.#options.contents), this.#staging);
  }

  /** Whether the shard is there which an earlier run has put the file into. */
  isSaved(file: SavedFile): boolean {
    return isInShards(this.#published, file);
  }

  settle(outcome: Outcome, log: OutcomeLog): Promise<void> | undefined {
    try {
      this.#shards.check();
    } catch (error) {
      return Promise.reject(error);
    }
    const { status, item, duplicateOf } = outcome;
    const sample = this.#samples.get(item.index);
    this.#samples.delete(item.index);
    if (sample !== undefined && status === 'ok') {
      return sample.shard.append(sample, outcome, log)?.catch((error) => {
        throw this.#shards.fail(error, sample.shard);
      });
    }
    sample?.shard.release();
    const isShared = status === 'ok' && duplicateOf !== undefined;
    if (isShared || status === 'failed' || status === 'not-found') this.#addOther(outcome);
    const shard = isShared ? this.#shards.unpublished(shardIn(duplicateOf)) : undefined;
    // A row that shares the file of another one is saved once that one is.
    return shard === undefined ? log.record(outcome) : shard.hold(outcome, log);
  }

  #addOther(outcome: Outcome): void {
    if (this.#others.count >= MOST_OTHERS) return;
    const { duplicateOf } = outcome;
    const place = duplicateOf && { key: undefined, path: memberIn(duplicateOf) };
    this.#others.add(rowJson(outcome, place || undefined));
  }

  /** Whether a file of this run or an earlier one is in a shard that is there, or will be. */
  has(known: KnownContents): boolean {
    return known.savedAt >= this.#openedAt || this.isSaved(known);
  }

  /** Publishes the last shard. @throws BrokenRunError, unless the run has got it already */
  close(): Promise<void> {
    return this.#shards.close();
  }

  /** Leaves nothing of shards that are not published. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shards.discard();
    await this.#tables[Symbol.asyncDispose]();
    await this.#storage[Symbol.asyncDispose]();
  }

  /**
   * Takes a place for a body that is whole, once there is one.
   * @returns the path of its file
   * @throws BrokenRunError
   */
  async save(item: Item, body: Sample['body'], facts: WholeBody): Promise<string> {
    const { bytes } = facts;
    const placing = this.#shards.place(bytes);
    const { shard, key } = placing instanceof Promise ? await placing : placing;
    const { captionColumn: column } = this.#options;
    const sample = {
      shard,
      key,
      body,
      bytes,
      extension: extensionOf(item, facts.head),
      time: facts.time ?? Math.trunc(this.#now() / 1000),
      caption: column === undefined ? undefined : (item.columns?.[column] ?? ''),
    };
    this.#samples.set(item.index, sample);
    return this.#start + shard.pathOf(sample, this.#separator);
  }

  /** The row has no file after all. */
  release({ index }: Item): void {
    const sample = this.#samples.get(index);
    this.#samples.delete(index);
    sample?.shard.release();
  }
}

/** The name of the shard that a file is in, by its path: `00012.tar`. */
function shardIn(path: string): string {
  return memberIn(path).split('/', 1)[0] ?? '';
}

/** The place of one row's file in a shard. */
class SampleDestination implements SharableDestination {
  readonly needsDigest = false;
  readonly #item: Item;
  readonly #sink: TarSink;

  constructor(item: Item, sink: TarSink) {
    this.#item = item;
    this.#sink = sink;
  }

  saveSmall(body: SmallBody): Promise<string> {
    return this.#sink.save(this.#item, body.pieces, body);
  }

  saveStaged(body: StagedBody): Promise<string> {
    return this.#sink.save(this.#item, body.staging, body);
  }

  async share(known: KnownContents): Promise<SharedPath | undefined> {
    return this.#sink.has(known) ? { path: known.path, duplicateOf: known.path } : undefined;
  }

  release(): undefined {
    this.#sink.release(this.#item);
  }
}
