import type { SavedFile } from '../sinks/sink.ts';
import { giveBack } from './body-memory.ts';
import type { BodyDestination, SmallBody, StagedBody, WholeBody } from './file-draft.ts';

/** A saved file whose contents are known by their digest. */
export interface KnownContents extends Pick<SavedFile, 'path' | 'bytes'> {
  /** When it was saved, in ms since the epoch. */
  readonly savedAt: number;
}

/** Finds a file of an earlier run by its digest, `sha256:…`. @throws BrokenRunError */
export type RecallContents = (digest: string) => KnownContents | undefined;

/** A destination that can let a row have a file that is saved already. */
export interface SharableDestination extends BodyDestination {
  /**
   * Gives the row a file that has its contents. Called in place of saving the body.
   * @returns undefined when the file is not what it was, or cannot be shared
   */
  share(known: KnownContents, body: WholeBody): Promise<SharedPath | undefined>;
}

/** The path of a row's file, and that of the earlier row whose contents it shares. */
export interface SharedPath {
  readonly path: string;
  /** Undefined when it is the row's own file, of an earlier run. */
  readonly duplicateOf?: string | undefined;
}

/**
 * Files of this run that are kept in mind when there is a ledger, which knows all files but the last ones:
 * it is written some 100 ms late, and those of a tar shard once it is published.
 */
const MOST_RECENT = 200_000;

/** Which contents are saved, so that equal ones are saved once (`dedupe`). */
export class Contents {
  readonly #recall: RecallContents | undefined;
  readonly #saved = new Map<string, KnownContents>();
  /** Contents that are being saved, and the ends of that. */
  readonly #pending = new Map<string, Promise<void>>();

  /** @param recall @default all files of this run are kept in mind, some 250 bytes each */
  constructor(recall?: RecallContents) {
    this.#recall = recall;
  }

  /**
   * Saves contents, or shares them with an earlier row. A row waits while another saves the same ones.
   * @param hex their SHA-256
   * @throws what `save` and `share` throw
   */
  async saveOnce(
    hex: string,
    bytes: number,
    steps: {
      readonly save: () => Promise<string>;
      readonly share: (known: KnownContents) => Promise<SharedPath | undefined>;
    },
  ): Promise<SharedPath> {
    const digest = `sha256:${hex}`;
    for (let other = this.#pending.get(digest); other; other = this.#pending.get(digest)) {
      await other;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.set(digest, promise);
    try {
      const known = this.#saved.get(digest) ?? this.#recall?.(digest);
      const shared = known?.bytes === bytes ? await steps.share(known) : undefined;
      if (shared !== undefined) return shared;
      const path = await steps.save();
      this.#keep(digest, { path, bytes, savedAt: Date.now() });
      return { path };
    } finally {
      this.#pending.delete(digest);
      resolve();
    }
  }

  #keep(digest: string, known: KnownContents): void {
    this.#saved.set(digest, known);
    if (this.#recall === undefined || this.#saved.size <= MOST_RECENT) return;
    const [oldest] = this.#saved.keys();
    if (oldest !== undefined) this.#saved.delete(oldest);
  }
}

/** Where a draft's body goes when equal contents are saved once. */
class DestinationOnce implements BodyDestination {
  readonly needsDigest = true;
  readonly #destination: SharableDestination;
  readonly #contents: Contents;
  #duplicateOf: string | undefined;

  constructor(destination: SharableDestination, contents: Contents) {
    this.#destination = destination;
    this.#contents = contents;
  }

  get duplicateOf(): string | undefined {
    return this.#duplicateOf;
  }

  async saveSmall(body: SmallBody): Promise<string> {
    let isTaken = false;
    const path = await this.#save(body, () => {
      isTaken = true;
      return this.#destination.saveSmall(body);
    });
    if (!isTaken) giveBack(body.pieces);
    return path;
  }

  async saveStaged(body: StagedBody): Promise<string> {
    let isTaken = false;
    const path = await this.#save(body, () => {
      isTaken = true;
      return this.#destination.saveStaged(body);
    });
    if (!isTaken) await body.staging.remove();
    return path;
  }

  release(): Promise<void> | undefined {
    return this.#destination.release();
  }

  async #save(body: WholeBody, save: () => Promise<string>): Promise<string> {
    const { sha256 = '' } = body.digests;
    const share = (known: KnownContents) => this.#destination.share(known, body);
    const saved = await this.#contents.saveOnce(sha256, body.bytes, { save, share });
    this.#duplicateOf = saved.duplicateOf;
    return saved.path;
  }
}

/** @param contents undefined when every body is saved */
export function destinationOnce(
  destination: SharableDestination,
  contents: Contents | undefined,
): BodyDestination {
  return contents === undefined ? destination : new DestinationOnce(destination, contents);
}
