import type { Item } from '../../model/item.ts';
import type { BodyWriter, Part } from '../../model/response.ts';

/** Where bodies go. Users may write their own. */
export interface Sink {
  /**
   * A place for one item's body. No file is created yet.
   * @throws when the item has no valid place: NameCollisionError, for one
   */
  open(item: Item): Draft | Promise<Draft>;
}

/**
 * A body on its way in. It ends in exactly one of {@link commit} and {@link discard}. Its pieces are its
 * own when the sink is one of the user's: `download` has them copied.
 */
export interface Draft extends BodyWriter {
  /**
   * Another range of the file of which a response is beginning, or was; absent when a file is taken
   * from front to back only. @param start where it begins, in bytes
   */
  range?(start: number): DraftRange;
  /**
   * No range is coming any more. What of them follows the beginning without a gap is a part of it
   * from now on; the rest is dropped. It is there whenever {@link range} is.
   */
  join?(): Promise<void>;
  /** What has come of this file, to go on from; undefined when there is nothing, or no version is known. */
  readonly part: Part | undefined;
  /**
   * How many bytes of the file have come, from its first one on. A try that brought some is not counted
   * among those that a row has. @default those of {@link part}
   */
  readonly bytes?: number | undefined;
  /** Forgets what has come so far, the part included: the next response starts the file anew. */
  restart(): Promise<void>;
  /**
   * The body is whole: checks it against the item's checksum and makes it visible under its final
   * name.
   * @throws ChecksumError; NameCollisionError; the file system's errors
   */
  commit(): Promise<SavedFile>;
  /**
   * There will be no whole body in this run.
   * @param keep what has come may be of use to a later run: keep it where {@link Sink.open} finds it
   */
  discard(options?: { readonly keep?: boolean | undefined }): Promise<void>;
}

/** Bytes on their way in that do not follow on what came before. */
export interface DraftRange {
  /** @returns a promise when the sender should pause until it is fulfilled, else undefined */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Nothing more comes of it. Fulfilled once all of it is there. */
  finish(): Promise<void>;
}

/** A file that is there, whole, under its final name. */
export interface SavedFile {
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Of the whole file, where one was asked for: `sha256:…` in hex. */
  readonly digest?: string | undefined;
}
