import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import { ChangedHereError } from '../../model/file-errors.ts';
import type { Item } from '../../model/item.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { StoredObject } from '../../storage/object-storage.ts';
import { pathIn } from '../../storage/open-storage.ts';
import type { BodyToStore } from '../../storage/s3/object-writer.ts';
import type { S3Storage } from '../../storage/s3-storage.ts';
import {
  type Contents,
  destinationOnce,
  type KnownContents,
  type SharableDestination,
  type SharedPath,
} from '../files/contents.ts';
import { openDraft, type SmallBody, type StagedBody, type WholeBody } from '../files/file-draft.ts';
import type { StagingArea } from '../files/staging-area.ts';
import type { Existing } from '../names/existing-files.ts';
import { type FinalName, FinalNames } from '../names/final-names.ts';
import { NameRegistry, type OnCollision } from '../names/name-registry.ts';
import { NameSet } from '../names/name-set.ts';
import type { NamingOptions } from '../names/name-template.ts';
import type { Draft, OutcomeLog, SavedFile, Sink } from './sink.ts';

/** Options of {@link ObjectSink}. */
export interface ObjectSinkOptions extends NamingOptions {
  /**
   * What happens to a row whose name is taken by another row of the run, or by an object that is not its
   * own: as for files.
   * @default it fails; a row whose own object was changed is skipped, as `changed-here`
   */
  readonly onCollision?: OnCollision | undefined;
  /** Whether every object may be replaced. @default false */
  readonly replaceExisting?: boolean | undefined;
  /**
   * How long the object was that an earlier run has saved for the item under this name, in bytes; undefined
   * when it saved none.
   * @default there were no earlier runs
   */
  readonly recordedAt?: ((item: Item, name: string) => number | undefined) | undefined;
  /**
   * Whether the object with this name is that of another row, by the record of an earlier run: it is not
   * the item's, even with the same contents.
   * @default there were no earlier runs
   */
  readonly isOfAnother?: ((item: Item, name: string) => boolean) | undefined;
  /** The contents that are stored already. @default every body is stored */
  readonly contents?: Contents | undefined;
}

/**
 * Gives each row of a run the name of an object, below `location`, that no other row has. Whether an object
 * has it already is not asked.
 */
export function objectNames(
  location: string,
  { template, useContentDisposition, onCollision }: ObjectSinkOptions,
): FinalNames {
  const registry = new NameRegistry({ directory: location, onCollision });
  const naming = { template, useContentDisposition, registry };
  return new FinalNames('', { ...naming, existing: NOT_ASKED, directories: NONE });
}

/**
 * Saves each body as an object of a bucket. An object is whole or not there, so nothing has to be cleared
 * up after a kill. An object that is not the row's own is never replaced unless that was asked for: the
 * server is asked to store only what is new.
 */
export class ObjectSink implements Sink, AsyncDisposable {
  readonly location: string;
  readonly #storage: S3Storage;
  readonly #staging: StagingArea;
  readonly #names: FinalNames;
  readonly #options: ObjectSinkOptions;
  /** The names and lengths of the objects that were there when a row first asked. */
  #there: NameSet | Promise<NameSet> | undefined;
  #failure: BrokenRunError | undefined;
  /** In ms since the epoch. */
  readonly #openedAt = Date.now();

  constructor(storage: S3Storage, staging: StagingArea, options: ObjectSinkOptions) {
    this.location = storage.location;
    this.#storage = storage;
    this.#staging = staging;
    this.#options = options;
    this.#names = objectNames(storage.location, options);
  }

  /** @throws as the sink of a directory does */
  open(item: Item): Draft | Promise<Draft> {
    const name = this.#names.open(item);
    return name instanceof Promise
      ? name.then((known) => this.#draft(item, known))
      : this.#draft(item, name);
  }

  /**
   * Whether an object is there as it was recorded, by its name and length. For the first row all objects
   * below the prefix are listed, which takes a request for 1,000 of them, and 10 bytes of memory each. One
   * request for each row would be slower, and cost eighty times as much.
   */
  isSaved({ path, bytes }: SavedFile): boolean | Promise<boolean> {
    const entry = entryOf(path.slice(this.location.length + 1).replaceAll('\\', '/'), bytes);
    this.#there ??= this.#list();
    if (!(this.#there instanceof Promise)) return this.#there.has(entry);
    const asked = this.#there.then((there) => there.has(entry));
    // The row may end before it comes to ask.
    asked.catch(() => undefined);
    return asked;
  }

  /** Whether an object that this run or an earlier one has stored is there. */
  hasObject(saved: KnownContents): boolean | Promise<boolean> {
    return saved.savedAt >= this.#openedAt || this.isSaved(saved);
  }

  /** Ends the run once nothing can be stored any more; rows that were stored before are recorded. */
  settle(outcome: Outcome, log: OutcomeLog): Promise<void> | undefined {
    if (this.#failure === undefined || outcome.status === 'ok') return log.record(outcome);
    return Promise.reject(this.#failure);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#storage[Symbol.asyncDispose]();
  }

  /**
   * Stores a body under the row's name.
   * @returns its path
   */
  async save(
    item: Item,
    name: FinalName,
    body: BodyToStore,
    { head, digests }: WholeBody,
  ): Promise<string> {
    try {
      const contentType = head?.contentType;
      let { path } = await name.destination(head, digests.sha256);
      while (!(await this.#stored(item, path, body, contentType))) {
        ({ path } = await name.otherDestination());
      }
      return pathIn(this.location, path);
    } catch (error) {
      if (error instanceof BrokenRunError) this.#failure ??= error;
      throw error;
    }
  }

  /**
   * @returns false when the name is taken
   * @throws ChangedHereError; as {@link S3Storage.put}
   */
  async #stored(
    item: Item,
    name: string,
    body: BodyToStore,
    contentType: string | undefined,
  ): Promise<boolean> {
    const { onCollision, replaceExisting, recordedAt, isOfAnother } = this.#options;
    const ifAbsent = onCollision !== 'overwrite' && replaceExisting !== true;
    for (;;) {
      const stored = await this.#storage.put(name, body, { contentType, ifAbsent });
      if (stored !== undefined) return true;
      const there = await this.#storage.stat(name);
      // It has gone since.
      if (there === undefined) continue;
      if (isOfAnother?.(item, name)) return false;
      // A run that was killed may have stored it, or an answer was lost.
      if (await this.#storage.hasContents(there, body)) return true;
      const recorded = recordedAt?.(item, name);
      if (recorded === undefined) return false;
      if (there.bytes !== recorded) return this.#changed(there);
      await this.#storage.put(name, body, { contentType });
      return true;
    }
  }

  /** The row's own object was changed since it was saved. @returns false for another name */
  #changed({ name, bytes }: StoredObject): false {
    const { onCollision } = this.#options;
    if (onCollision === 'rename') return false;
    const path = pathIn(this.location, name);
    throw new ChangedHereError({ path, bytes }, onCollision === 'fail');
  }

  #draft(item: Item, name: FinalName): Draft | Promise<Draft> {
    const object = new NamedObject(item, name, this);
    return openDraft(item, destinationOnce(object, this.#options.contents), this.#staging);
  }

  async #list(): Promise<NameSet> {
    const there = new NameSet();
    try {
      for await (const { name, bytes } of this.#storage.list()) there.add(entryOf(name, bytes));
    } catch (cause) {
      this.#failure ??= new BrokenRunError(
        `${this.location}: it cannot be seen what earlier runs have saved: ${messageOf(cause)}; --trust-ledger goes on without a look`,
        { cause },
      );
      throw this.#failure;
    }
    this.#there = there;
    return there;
  }
}

/** An object by its name and length. */
function entryOf(name: string, bytes: number): string {
  return `${name}\0${bytes}`;
}

/** The server is asked whether a name is taken when its object is stored. */
const NOT_ASKED: Existing = {
  mayBlock: () => false,
  replaceableByDefault: 'nothing',
  replaceableAt: async () => 'nothing',
  statsAt: async () => undefined,
  changedAt: async () => undefined,
};

/** There are no directories in a bucket. */
const NONE = { ensure: () => undefined };

/** The object of one row. */
class NamedObject implements SharableDestination {
  readonly #item: Item;
  readonly #name: FinalName;
  readonly #sink: ObjectSink;

  constructor(item: Item, name: FinalName, sink: ObjectSink) {
    this.#item = item;
    this.#name = name;
    this.#sink = sink;
  }

  get needsDigest(): boolean {
    return this.#name.needsDigest;
  }

  saveSmall(body: SmallBody): Promise<string> {
    return this.#sink.save(this.#item, this.#name, body.pieces, body);
  }

  async saveStaged(body: StagedBody): Promise<string> {
    const { staging, bytes } = body;
    const path = await this.#sink.save(this.#item, this.#name, { path: staging.path, bytes }, body);
    await staging.remove();
    return path;
  }

  /** Refers to the object that has the contents, if it is there. */
  async share(known: KnownContents): Promise<SharedPath | undefined> {
    if (!(await this.#sink.hasObject(known))) return undefined;
    this.#name.release();
    return { path: known.path, duplicateOf: known.path };
  }

  release(): undefined {
    this.#name.release();
  }
}
