import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { RowLines } from './row-lines.ts';
import { Shard, type ShardOptions } from './shard.ts';

/** Samples in a shard, as img2dataset has them. */
const DEFAULT_SHARD_SIZE = 10_000;

/** Samples in a shard whose bytes are limited. */
const MOST_SAMPLES = 1_000_000;

/** The digits of a sample's place in its key, at least: keys are as long as those of img2dataset. */
const LEAST_DIGITS = 4;

/** Sealed shards that may wait to be published before no more samples are taken. */
const MOST_SEALED = 2;

/** When a shard is full. */
export interface ShardBounds {
  /** Samples in a shard, at most. @default 10_000 */
  readonly shardSize?: number | undefined;
  /** Bytes of a shard, at most; a sample that is longer has a shard to itself. @default no bound */
  readonly shardBytes?: number | undefined;
}

/** A place for a sample. */
export interface Place {
  readonly shard: Shard;
  readonly key: string;
}

/** Options of {@link ShardSequence}. */
export interface SequenceOptions extends ShardBounds, Omit<ShardOptions, 'digits'> {
  /** The number of the first shard. */
  readonly first: number;
  /** Hands over the rows without a sample since the last call, for the table of a shard. */
  readonly takeOthers: () => RowLines;
  /** Gives them back: the shard has no sample, and is not published. */
  readonly giveBack: (others: RowLines) => void;
}

/**
 * The shards of a run: one that is filled, and those that are full, which are published one after the
 * other. Once a shard cannot be written, nothing more is taken.
 */
export class ShardSequence {
  readonly #options: SequenceOptions;
  readonly #shardOptions: ShardOptions;
  readonly #mostSamples: number;
  readonly #mostBytes: number;
  #next: number;
  #open: Shard | undefined;
  #opening: Promise<void> | undefined;
  /** Publications under way; each waits for the one before. */
  #publishing: Promise<void> = Promise.resolve();
  #sealed = 0;
  /** The names of shards that are filled or being published. */
  readonly #unpublished = new Map<string, Shard>();
  #failure: BrokenRunError | undefined;
  /** Whether the run has got the failure. */
  #isThrown = false;

  /** @throws RangeError */
  constructor(options: SequenceOptions) {
    const { first, shardSize, shardBytes, storage, journal, tables, now } = options;
    checkBound('shardSize', shardSize);
    checkBound('shardBytes', shardBytes);
    this.#mostSamples = shardSize ?? (shardBytes === undefined ? DEFAULT_SHARD_SIZE : MOST_SAMPLES);
    this.#mostBytes = shardBytes ?? Number.POSITIVE_INFINITY;
    const digits = Math.max(LEAST_DIGITS, String(this.#mostSamples - 1).length);
    this.#options = options;
    this.#shardOptions = { storage, digits, journal, tables, now };
    this.#next = first;
  }

  /** Throws the failure that has ended it, if there is one. @throws BrokenRunError */
  check(): void {
    if (this.#failure !== undefined) throw this.#thrown(this.#failure);
  }

  /** A shard that is not published yet. @param name such as `00012.tar` */
  unpublished(name: string): Shard | undefined {
    return this.#unpublished.get(name);
  }

  /**
   * Takes a place for a sample, once there is one.
   * @param bytes the length of its file
   * @throws BrokenRunError
   */
  place(bytes: number): Place | Promise<Place> {
    return this.#placeNow(bytes) ?? this.#placeLater(bytes);
  }

  /** Publishes the last shard. @throws BrokenRunError, unless the run has got it already */
  async close(): Promise<void> {
    await this.#opening;
    this.#seal();
    await this.#publishing;
    if (this.#failure !== undefined && !this.#isThrown) throw this.#thrown(this.#failure);
  }

  /** Leaves nothing of shards that are not published. */
  async discard(): Promise<void> {
    await this.#publishing;
    const open = this.#open;
    this.#open = undefined;
    await open?.discard();
  }

  /** A shard could not be written. @returns the failure that ends the run */
  fail(cause: unknown, shard?: Shard): BrokenRunError {
    return this.#thrown(this.#fail(cause, shard));
  }

  async #placeLater(bytes: number): Promise<Place> {
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
    return places >= this.#mostSamples || (places > 0 && before + bytes > this.#mostBytes);
  }

  async #openNext(): Promise<void> {
    const number = this.#next++;
    try {
      const shard = await Shard.open(number, this.#shardOptions);
      this.#unpublished.set(shard.name, shard);
      this.#open = shard;
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
    const others = this.#options.takeOthers();
    this.#publishing = this.#publishing.then(() => this.#publish(shard, others));
  }

  /** Never rejects: the failure is thrown by what comes next. */
  async #publish(shard: Shard, others: RowLines): Promise<void> {
    try {
      if (this.#failure !== undefined) return await shard.discard();
      const hasSamples = await shard.publish(others);
      if (!hasSamples) this.#options.giveBack(others);
    } catch (error) {
      this.#fail(error, shard);
      await shard.discard().catch(() => undefined);
    } finally {
      this.#unpublished.delete(shard.name);
      this.#sealed--;
    }
  }

  #thrown(failure: BrokenRunError): BrokenRunError {
    this.#isThrown = true;
    return failure;
  }

  #fail(cause: unknown, shard?: Shard): BrokenRunError {
    const what = shard === undefined ? 'a shard' : `the shard ${shard.name}`;
    const { location } = this.#options.storage;
    this.#failure ??=
      cause instanceof BrokenRunError
        ? cause
        : new BrokenRunError(
            `cannot write ${what} in ${location}: ${messageOf(cause)}; whole shards stay, and the next run downloads the rows of this one again`,
            { cause },
          );
    return this.#failure;
  }
}

/** @throws RangeError */
function checkBound(name: string, bound: number | undefined): void {
  if (bound === undefined || (Number.isSafeInteger(bound) && bound > 0)) return;
  throw new RangeError(`${name} must be a whole number from 1 on, not ${bound}`);
}
