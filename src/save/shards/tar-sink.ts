import { join } from 'node:path';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
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
import { FileDraft, type SmallBody, type StagedBody, type WholeBody } from '../files/file-draft.ts';
import type { StagingArea } from '../files/staging-area.ts';
import type { Draft, OutcomeLog, SavedFile, Sink } from '../sinks/sink.ts';
import { extensionOf } from './sample.ts';
import {
  BESIDE,
  memberIn,
  type Sample,
  Shard,
  type ShardJournal,
  type ShardOptions,
} from './shard.ts';
import { SHARD_FILE } from './shard-file.ts';

/** Samples in a shard, as img2dataset has them. */
const DEFAULT_SHARD_SIZE = 10_000;

/** Samples in a shard whose bytes are limited. */
const MOST_SAMPLES = 1_000_000;

/** The digits of a sample's place in its key, at least: keys are as long as those of img2dataset. */
const LEAST_DIGITS = 4;

/**
 * Rows without a sample that a shard's table lists, at most: rows that failed, and rows that share a file.
 * Further ones are in the ledger alone.
 */
const MOST_OTHERS = 100_000;

/** Sealed shards that may wait to be published before no more samples are taken. */
const MOST_SEALED = 2;

/** Options of {@link TarSink}. */
export interface TarSinkOptions {
  /** Samples in a shard, at most. @default 10_000 */
  readonly shardSize?: number | undefined;
  /** Bytes of a shard, at most; a sample that is longer has a shard to itself. @default no bound */
  readonly shardBytes?: number | undefined;
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
  readonly #storage: ObjectStorage;
  readonly #staging: StagingArea;
  readonly #options: TarSinkOptions;
  readonly #shardOptions: ShardOptions;
  /** The shards that were there when the run began. */
  readonly #published: ReadonlySet<string>;
  #next: number;
  #open: Shard | undefined;
  #opening: Promise<void> | undefined;
  /** Publications under way; each waits for the one before. */
  #publishing: Promise<void> = Promise.resolve();
  #sealed = 0;
  /** Bodies whose rows have no outcome yet, by the row's index. */
  readonly #samples = new Map<number, Sample>();
  #others: Outcome[] = [];
  #failure: BrokenRunError | undefined;
  /** In ms since the epoch, by the clock that {@link Contents} go by. */
  readonly #openedAt = Date.now();
  /** Whether the run has got the failure. */
  #isThrown = false;

  private constructor(
    storage: ObjectStorage,
    staging: StagingArea,
    options: TarSinkOptions,
    found: { readonly published: Set<string>; readonly next: number },
  ) {
    const { shardSize, shardBytes, journal, now = Date.now } = options;
    checkBound('shardSize', shardSize);
    checkBound('shardBytes', shardBytes);
    const most = shardSize ?? (shardBytes === undefined ? DEFAULT_SHARD_SIZE : MOST_SAMPLES);
    const digits = Math.max(LEAST_DIGITS, String(most - 1).length);
    this.location = storage.location;
    this.#storage = storage;
    this.#staging = staging;
    this.#options = { ...options, shardSize: most };
    this.#shardOptions = { storage, digits, journal, now };
    this.#published = found.published;
    this.#next = found.next;
  }

  /**
   * Lists the shards that are there: new ones get the numbers after them. What a killed run has left of
   * one is removed.
   * @throws RangeError for an option; BrokenRunError when shards cannot be listed, or what is left not
   *   removed
   */
  static async open(
    storage: ObjectStorage,
    staging: StagingArea,
    options: TarSinkOptions = {},
  ): Promise<TarSink> {
    let found = await shardsIn(storage);
    const { journal } = options;
    const left = journal?.unpublished;
    if (journal !== undefined && left !== undefined) {
      if (!found.published.has(left)) {
        await removeRest(storage, left.replace(/\.tar$/, ''));
        journal.takeBack(left);
        // Its number is free again: readers of data sets count on numbers without gaps.
        found = await shardsIn(storage);
      }
      journal.note(undefined);
    }
    // Rows of a shard that was moved away must not be taken for those of another.
    const next = Math.max(found.next, (journal?.last ?? -1) + 1);
    return new TarSink(storage, staging, options, { published: found.published, next });
  }

  open(item: Item): Draft | Promise<Draft> {
    const sample = new SampleDestination(item, this);
    const destination = destinationOnce(sample, this.#options.contents);
    const left = this.#staging.find(item);
    if (left === undefined) return new FileDraft(item, destination, this.#staging);
    return left.then((file) => new FileDraft(item, destination, this.#staging, file));
  }

  /** Whether the shard is there which an earlier run has put the file into. */
  isSaved(file: SavedFile): boolean {
    return isIn(this.#published, file);
  }

  settle(outcome: Outcome, log: OutcomeLog): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#thrown(this.#failure));
    const { status, item } = outcome;
    const sample = this.#samples.get(item.index);
    this.#samples.delete(item.index);
    if (sample !== undefined && status === 'ok') {
      return sample.shard.append(sample, outcome, log)?.catch((error) => {
        throw this.#thrown(this.#fail(error, sample.shard));
      });
    }
    sample?.shard.release();
    const isShared = status === 'ok' && outcome.duplicateOf !== undefined;
    const isOther = isShared || status === 'failed' || status === 'not-found';
    if (isOther && this.#others.length < MOST_OTHERS) this.#others.push(outcome);
    return isShared ? this.#settleShared(outcome, log) : log.record(outcome);
  }

  /** Records a row that shares the file of another one, once that one's shard is published. */
  #settleShared(outcome: Outcome, log: OutcomeLog): Promise<void> | undefined {
    const { duplicateOf: path = '', bytes } = outcome;
    if (this.isSaved({ path, bytes })) return log.record(outcome);
    const open = this.#open;
    if (open !== undefined && memberIn(path).startsWith(`${open.stem}.`)) {
      open.share(outcome, log);
      return undefined;
    }
    return this.#publishing.then(() => {
      if (this.#failure !== undefined) throw this.#thrown(this.#failure);
      return log.record(outcome);
    });
  }

  /** Whether a file of this run or an earlier one is in a shard that is there, or will be. */
  has(known: KnownContents): boolean {
    return known.savedAt >= this.#openedAt || this.isSaved(known);
  }

  /** Publishes the last shard. @throws BrokenRunError, unless the run has got it already */
  async close(): Promise<void> {
    await this.#opening;
    this.#seal();
    await this.#publishing;
    if (this.#failure !== undefined && !this.#isThrown) throw this.#thrown(this.#failure);
  }

  /** Leaves nothing of shards that are not published. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#publishing;
    const open = this.#open;
    this.#open = undefined;
    await open?.discard();
    await this.#storage[Symbol.asyncDispose]();
  }

  /**
   * Takes a place for a body that is whole, once there is one.
   * @returns the path of its file
   * @throws BrokenRunError
   */
  async save(item: Item, body: Sample['body'], facts: WholeBody): Promise<string> {
    const { bytes } = facts;
    const { shard, key } = this.#placeNow(bytes) ?? (await this.#place(bytes));
    const { captionColumn: column } = this.#options;
    const sample = {
      ...{ shard, key, body, bytes },
      extension: extensionOf(item, facts.head),
      time: facts.time ?? Math.trunc(this.#shardOptions.now() / 1000),
      caption: column === undefined ? undefined : (item.columns?.[column] ?? ''),
    };
    this.#samples.set(item.index, sample);
    const within = shard.pathOf(sample);
    return isS3(this.location) ? `${this.location}/${within}` : join(this.location, within);
  }

  /** The row has no file after all. */
  release({ index }: Item): void {
    const sample = this.#samples.get(index);
    this.#samples.delete(index);
    sample?.shard.release();
  }

  async #place(bytes: number): Promise<Place> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const open = this.#open;
      const place = this.#placeNow(bytes);
      if (place !== undefined) return place;
      if (open === undefined) {
        this.#opening ??= this.#openNext();
        await this.#opening;
      } else if (this.#isFull(open, bytes)) {
        this.#seal();
        if (this.#sealed >= MOST_SEALED) await this.#publishing;
      } else {
        await open.room()?.catch((error: unknown) => this.#fail(error, open));
      }
    }
  }

  /** @returns undefined when there is no place before something else has happened */
  #placeNow(bytes: number): Place | undefined {
    const shard = this.#open;
    if (shard === undefined || this.#failure !== undefined || this.#isFull(shard, bytes)) {
      return undefined;
    }
    if (shard.isBusy) return undefined;
    return { shard, key: shard.reserve(bytes) };
  }

  #isFull({ places, bytes: before }: Shard, bytes: number): boolean {
    const { shardSize = 0, shardBytes = Number.POSITIVE_INFINITY } = this.#options;
    return places >= shardSize || (places > 0 && before + bytes > shardBytes);
  }

  async #openNext(): Promise<void> {
    const number = this.#next++;
    try {
      this.#open = await Shard.open(number, this.#shardOptions);
    } catch (error) {
      this.#fail(error);
    }
    this.#opening = undefined;
  }

  #seal(): void {
    const shard = this.#open;
    if (shard === undefined) return;
    this.#open = undefined;
    this.#sealed++;
    const others = this.#others.splice(0);
    this.#publishing = this.#publishing.then(() => this.#publish(shard, others));
  }

  /** Never rejects: the failure is thrown by what comes next. */
  async #publish(shard: Shard, others: readonly Outcome[]): Promise<void> {
    try {
      if (this.#failure !== undefined) return await shard.discard();
      const bytes = await shard.publish(others);
      if (bytes === undefined) this.#others.unshift(...others);
    } catch (error) {
      this.#fail(error, shard);
      await shard.discard().catch(() => undefined);
    } finally {
      this.#sealed--;
    }
  }

  #thrown(failure: BrokenRunError): BrokenRunError {
    this.#isThrown = true;
    return failure;
  }

  #fail(cause: unknown, shard?: Shard): BrokenRunError {
    const what = shard === undefined ? 'a shard' : `the shard ${shard.stem}.tar`;
    this.#failure ??=
      cause instanceof BrokenRunError
        ? cause
        : new BrokenRunError(
            `cannot write ${what} in ${this.location}: ${messageOf(cause)}; whole shards stay, and the next run downloads the rows of this one again`,
            { cause },
          );
    return this.#failure;
  }
}

interface Place {
  readonly shard: Shard;
  readonly key: string;
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

/** @throws RangeError */
function checkBound(name: string, bound: number | undefined): void {
  if (bound === undefined || (Number.isSafeInteger(bound) && bound > 0)) return;
  throw new RangeError(`${name} must be a whole number from 1 on, not ${bound}`);
}

function isIn(published: ReadonlySet<string>, { path }: SavedFile): boolean {
  const [, name = ''] = /([^/\\]+)[/\\][^/\\]+$/.exec(path) ?? [];
  return published.has(name);
}

/**
 * Whether files are in the shards that are there now. Nothing is written.
 * @throws BrokenRunError
 */
export async function savedInShards(storage: ObjectStorage): Promise<(file: SavedFile) => boolean> {
  const { published } = await shardsIn(storage);
  return (file) => isIn(published, file);
}

/** Removes what stands beside a shard that was not published. @throws BrokenRunError */
async function removeRest(storage: ObjectStorage, stem: string): Promise<void> {
  try {
    for (const ending of BESIDE) await storage.remove(stem + ending);
  } catch (cause) {
    throw new BrokenRunError(
      `cannot remove what a run has left of the shard ${stem}.tar in ${storage.location}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** The shards that are there, and the number of the next one. @throws BrokenRunError */
async function shardsIn(storage: ObjectStorage): Promise<{ published: Set<string>; next: number }> {
  const published = new Set<string>();
  let next = 0;
  try {
    for await (const { name } of storage.list()) {
      const [, number] = SHARD_FILE.exec(name) ?? [];
      if (number === undefined) continue;
      next = Math.max(next, Number(number) + 1);
      if (name.endsWith('.tar')) published.add(name);
    }
  } catch (cause) {
    throw new BrokenRunError(`cannot list the shards in ${storage.location}: ${messageOf(cause)}`, {
      cause,
    });
  }
  return { published, next };
}
