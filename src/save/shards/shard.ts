import type { Outcome } from '../../model/outcome.ts';
import type { ObjectDraft, ObjectStorage } from '../../storage/object-storage.ts';
import { NameTakenError } from '../../storage/storage-error.ts';
import { giveBack } from '../files/body-memory.ts';
import type { StagingFile } from '../files/staging-file.ts';
import type { OutcomeLog } from '../sinks/sink.ts';
import { rowJson } from './row-json.ts';
import { RowLines } from './row-lines.ts';
import { bodyName, sampleKey, shardStem } from './sample.ts';
import type { TableThread } from './table-thread.ts';
import { TarWriter } from './tar-writer.ts';

/** A body that is whole and has a place in a shard. It is appended with its row's outcome. */
export interface Sample {
  readonly shard: Shard;
  readonly key: string;
  /** Without a dot. */
  readonly extension: string;
  readonly body: readonly Uint8Array[] | StagingFile;
  /** Its length. */
  readonly bytes: number;
  /** The time of the file, in seconds since the epoch. */
  readonly time: number;
  /** The text for `KEY.txt`; undefined for none. */
  readonly caption: string | undefined;
}

/**
 * Remembers which shard is being published: a run that is killed then may have recorded rows whose shard
 * is not there.
 */
export interface ShardJournal {
  /** The shard that a killed run was publishing, such as `00012.tar`. */
  readonly unpublished: string | undefined;
  /** The highest number of a shard that has recorded rows, whether or not it is still there. */
  readonly last: number | undefined;
  /** Called before rows of this shard are recorded, and with undefined once it is published. */
  note(shard: string | undefined): void;
  /** That shard was not published: its rows are not saved. */
  takeBack(shard: string): void;
}

/** How shards are written and published. */
export interface ShardOptions {
  readonly storage: ObjectStorage;
  /** The digits of a sample's place in its key. */
  readonly digits: number;
  readonly journal: ShardJournal | undefined;
  /** Makes what stands beside a shard. */
  readonly tables: TableThread;
  /** A clock in ms since the epoch. */
  readonly now: () => number;
}

/** A member of a tar archive takes its length and at most this much, in bytes: a header, and padding. */
const MEMBER_OVERHEAD = 1024;

const TABLE = '.parquet';
const STATS = '_stats.json';

/** The endings of what stands beside a shard. */
export const BESIDE = [TABLE, STATS] as const;

/** The path of a file within the storage, of its path: `00012.tar/000120003.jpg`. */
export function memberIn(path: string): string {
  return path.split(/[/\\]/).slice(-2).join('/');
}

/**
 * A tar shard while it is filled. A sample first takes a place, which settles its path. It is appended
 * once its row's outcome is known, which goes into it. Once the shard is sealed and all places are filled,
 * it is published whole; only then is a row of it recorded as saved.
 */
export class Shard {
  /** Such as `00012.tar`. */
  readonly name: string;
  /** Its name, without an extension. */
  readonly #stem: string;
  readonly #number: number;
  readonly #options: ShardOptions;
  readonly #object: ObjectDraft;
  readonly #writer: TarWriter;
  readonly #startedAt: number;
  #places = 0;
  /** Samples that have a place and are not appended. */
  #unsettled = 0;
  #allSettled: PromiseWithResolvers<void> | undefined;
  #bytes = 0;
  #samples = 0;
  /** Whether its rows are on record: it is about to be published. */
  #isRecorded = false;
  /** Where its rows are recorded. */
  #log: OutcomeLog | undefined;
  readonly #rows = new RowLines();
  /** Files are being copied into the archive. */
  #appending: Promise<void> | undefined;

  private constructor(number: number, object: ObjectDraft, options: ShardOptions) {
    this.#number = number;
    this.#stem = shardStem(number);
    this.name = `${this.#stem}.tar`;
    this.#object = object;
    this.#options = options;
    this.#writer = new TarWriter(object);
    this.#startedAt = options.now();
  }

  /** @throws the storage's errors */
  static async open(number: number, options: ShardOptions): Promise<Shard> {
    const type = { contentType: 'application/x-tar' };
    const object = await options.storage.create(`${shardStem(number)}.tar`, type);
    return new Shard(number, object, options);
  }

  /** How many samples have a place. */
  get places(): number {
    return this.#places;
  }

  /** How long the archive gets with the samples that have a place, in bytes: a little less than this. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a file is being copied into it, or the storage is behind or has failed. */
  get isBusy(): boolean {
    return this.#appending !== undefined || this.#writer.isBehind;
  }

  /** @returns a promise while it is busy; it rejects with the storage's error */
  room(): Promise<void> | undefined {
    return this.#appending ?? this.#writer.room();
  }

  /** Takes the next place for a sample. @param bytes the length of its file */
  reserve(bytes: number): string {
    this.#unsettled++;
    this.#bytes += bytes + 3 * MEMBER_OVERHEAD;
    return sampleKey(this.#number, this.#places++, this.#options.digits);
  }

  /** The path of a sample's file within the storage. @param separator of the shard and the file */
  pathOf(sample: Pick<Sample, 'key' | 'extension'>, separator: string): string {
    return this.name + separator + bodyName(sample);
  }

  /**
   * Appends a sample. Its row counts as saved when the shard is published.
   * @returns a promise while a file is copied, or the log is behind; it rejects with the error of either
   */
  append(sample: Sample, outcome: Outcome, log: OutcomeLog): Promise<void> | undefined {
    if (this.#appending === undefined && isInMemory(sample.body)) {
      this.#append(sample, outcome, sample.body);
      return this.hold(outcome, log);
    }
    const before = this.#appending ?? Promise.resolve();
    const appending = before.then(() => this.#appendFile(sample, outcome));
    this.#appending = appending;
    const ended = () => {
      if (this.#appending === appending) this.#appending = undefined;
    };
    appending.then(ended, ended);
    return appending.then(() => this.hold(outcome, log));
  }

  /** A row's file is in it: the row counts as saved when the shard is published. */
  hold(outcome: Outcome, log: OutcomeLog): Promise<void> | undefined {
    this.#log = log;
    return this.#isRecorded ? log.record(outcome) : log.hold(outcome, this.name);
  }

  /** The row has no file after all: its place stays empty. */
  release(): void {
    this.#settle();
  }

  /**
   * Publishes the archive, and records the rows in it.
   * @param others rows that have no sample, for the table
   * @returns whether there is a sample in it: otherwise nothing is published
   * @throws the storage's errors; BrokenRunError when the rows cannot be recorded
   */
  async publish(others: RowLines): Promise<boolean> {
    if (this.#unsettled > 0) {
      this.#allSettled = Promise.withResolvers();
      await this.#allSettled.promise;
    }
    await this.#appending;
    if (this.#samples === 0) {
      await this.discard();
      return false;
    }
    await this.#writer.finish();
    const { storage, journal, tables, now } = this.#options;
    this.#rows.addAll(others);
    const times = { startedAt: this.#startedAt, endedAt: now() };
    const { table, stats } = await tables.make(this.#rows, times);
    // The table and the statistics first: where there is a shard, they are there, too.
    journal?.note(this.name);
    await this.#claim(table);
    await put(storage, this.#stem + STATS, Buffer.from(stats));
    this.#isRecorded = true;
    this.#log?.recordHeld(this.name);
    await this.#log?.flush();
    await this.#object.publish();
    journal?.note(undefined);
    return true;
  }

  /** Stores the table, if no other run has one of this number: the shard is ours then. */
  async #claim(table: Uint8Array): Promise<void> {
    const { storage, journal } = this.#options;
    try {
      await put(storage, this.#stem + TABLE, table, true);
    } catch (error) {
      // What stands beside the shard of another run stays.
      if (error instanceof NameTakenError) journal?.note(undefined);
      throw error;
    }
  }

  /** Leaves nothing of it. */
  async discard(): Promise<void> {
    await this.#writer.discard();
    await this.#object.discard();
  }

  async #appendFile(sample: Sample, outcome: Outcome): Promise<void> {
    const { body, bytes: size, time } = sample;
    if (isInMemory(body)) return this.#append(sample, outcome, body);
    await this.#writer.addFile({ name: bodyName(sample), size, time }, body.path);
    this.#append(sample, outcome, undefined);
    await body.remove();
  }

  /** @param body undefined when it is in the archive already */
  #append(sample: Sample, outcome: Outcome, body: readonly Uint8Array[] | undefined): void {
    const { key, bytes: size, time, caption } = sample;
    const name = bodyName(sample);
    if (body !== undefined) {
      this.#writer.add({ name, size, time }, body);
      giveBack(body);
    }
    const json = this.#rows.add(rowJson(outcome, { key, path: `${this.name}/${name}` }));
    this.#writer.add({ name: `${key}.json`, size: json.byteLength, time }, [json]);
    if (caption !== undefined) {
      const text = Buffer.from(caption);
      this.#writer.add({ name: `${key}.txt`, size: text.byteLength, time }, [text]);
    }
    this.#samples++;
    this.#settle();
  }

  #settle(): void {
    this.#unsettled--;
    if (this.#unsettled === 0) this.#allSettled?.resolve();
  }
}

function isInMemory(body: Sample['body']): body is readonly Uint8Array[] {
  return Array.isArray(body);
}

async function put(
  storage: ObjectStorage,
  name: string,
  contents: Uint8Array,
  ifAbsent = false,
): Promise<void> {
  const object = await storage.create(name, { bytes: contents.byteLength, ifAbsent });
  try {
    await object.write(contents);
    await object.publish();
  } catch (error) {
    await object.discard();
    throw error;
  }
}
