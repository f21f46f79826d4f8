/**
 * Objects by name, each of which becomes visible whole: the files of a directory, or the objects of an S3
 * bucket. Names are separated by `/`, and are the caller's own: no user or server chooses them.
 */
export interface ObjectStorage extends AsyncDisposable {
  /** For messages: the directory, or `s3://bucket/prefix`. Without secrets. */
  readonly location: string;
  /**
   * Begins an object. Nothing is visible under its name until {@link ObjectDraft.publish}.
   * @throws the storage's errors
   */
  create(name: string, options?: CreateOptions): Promise<ObjectDraft>;
  /** @returns undefined when there is no such object @throws the storage's errors */
  stat(name: string): Promise<StoredObject | undefined>;
  /** @throws the storage's errors, also when there is no such object */
  read(name: string): AsyncIterable<Uint8Array>;
  /**
   * All objects whose names begin with `prefix`, in any order. The run's own folder is left out.
   * @throws the storage's errors; nothing at all for a directory that does not exist
   */
  list(prefix?: string): AsyncIterable<StoredObject>;
  /** Passes over an object that is not there. @throws the storage's errors */
  remove(name: string): Promise<void>;
}

/** Options of {@link ObjectStorage.create}. */
export interface CreateOptions {
  /** The media type, where the storage keeps one. @default application/octet-stream */
  readonly contentType?: string | undefined;
  /** The length in bytes, if it is known. */
  readonly bytes?: number | undefined;
  /**
   * Whether an object of this name stays: publication then fails with a NameTakenError. Of several that
   * are published at the same time one wins, where the storage can do that.
   * @default false
   */
  readonly ifAbsent?: boolean | undefined;
}

/** An object while it is written. It ends with exactly one of {@link publish} and {@link discard}. */
export interface ObjectDraft {
  /**
   * Appends a chunk. One write at a time.
   * @returns undefined when the chunk was copied; or a promise, fulfilled once the chunk may be reused
   *   and more may be written
   * @throws (rejects) the storage's errors
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /**
   * Makes the object visible, whole, in one step. It replaces an object of that name, unless `ifAbsent` was
   * set.
   * @throws the storage's errors; the object is then not visible, and `discard` may follow
   */
  publish(): Promise<StoredObject>;
  /** Leaves nothing of what was written. */
  discard(): Promise<void>;
}

/** An object that is visible. */
export interface StoredObject {
  readonly name: string;
  /** Its length. */
  readonly bytes: number;
  readonly etag?: string | undefined;
  /** `sha256:…` in hex, where the storage has one. */
  readonly digest?: string | undefined;
}
