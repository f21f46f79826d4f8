import type { CreateOptions, ObjectDraft, ObjectStorage, StoredObject } from './object-storage.ts';
import { etagOf, etagOfParts } from './s3/checked-answer.ts';
import { removeLeftUpload } from './s3/left-uploads.ts';
import { listObjects } from './s3/list-objects.ts';
import { partSizeFor } from './s3/multipart-upload.ts';
import { type BodyToStore, ObjectWriter, type PutOptions, partsOf } from './s3/object-writer.ts';
import { type OpenClientOptions, openClient } from './s3/open-client.ts';
import { readObject } from './s3/read-object.ts';
import type { S3Client } from './s3/s3-client.ts';
import { S3Draft } from './s3/s3-draft.ts';
import { parseS3Location, type S3Location, shownLocation } from './s3/s3-location.ts';
import { StoreHealth } from './s3/store-health.ts';
import type { BodyDigests, UploadBody } from './s3/upload-body.ts';
import { UploadRecords } from './s3/upload-records.ts';
import { NameTakenError } from './storage-error.ts';

/** How a storage in S3 is reached. */
export interface S3StorageOptions extends OpenClientOptions {
  /**
   * A folder where multipart uploads are noted while they are under way. Those that a killed run has left
   * there are ended when the storage is opened.
   * @default none are noted
   */
  readonly uploads?: string | undefined;
}

/**
 * Opens a place in S3 by the environment of this process.
 * @throws as {@link S3Storage.open}
 */
export function openS3(
  location: string,
  options: Partial<S3StorageOptions> = {},
): Promise<S3Storage> {
  return S3Storage.open(location, { environment: process.env, ...options });
}

/**
 * The objects below a prefix of an S3 bucket. An object up to 8 MiB is stored by one request, a longer
 * one in parts. Every body is sent with its SHA-256, and what the server says that it stored is
 * compared with that.
 *
 * @example
 * await using storage = await S3Storage.open('s3://pictures/run-1', { environment: process.env });
 * await storage.put('a.jpg', [bytes], { contentType: 'image/jpeg' });
 */
export class S3Storage implements ObjectStorage {
  readonly location: string;
  readonly #client: S3Client;
  readonly #prefix: string;
  /** The origin and the bucket, as records of uploads have them. */
  readonly #bucket: string;
  readonly #records: UploadRecords | undefined;
  readonly #writer: ObjectWriter;
  readonly #health: StoreHealth;

  private constructor(place: S3Location, client: S3Client, records: UploadRecords | undefined) {
    const { prefix } = place;
    const bucket = `${client.origin}/${place.bucket}`;
    this.location = shownLocation(place);
    this.#client = client;
    this.#prefix = prefix;
    this.#bucket = bucket;
    this.#records = records;
    this.#writer = new ObjectWriter({ client, prefix, bucket, records });
    this.#health = new StoreHealth(this.location);
  }

  /**
   * Finds credentials and asks the server for the bucket, so that a mistake is known before anything is
   * downloaded. Uploads that a killed run has left in parts are removed.
   *
   * @param location `s3://bucket/prefix`
   * @throws RangeError for the location or the endpoint; BrokenRunError with a line that says what is wrong
   *   and what to do
   */
  static async open(location: string, options: S3StorageOptions): Promise<S3Storage> {
    const place = parseS3Location(location);
    const client = await openClient(place, options);
    try {
      const { uploads } = options;
      const records = uploads === undefined ? undefined : new UploadRecords(uploads);
      const storage = new S3Storage(place, client, records);
      await storage.#removeLeftUploads();
      return storage;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  /** How many requests there may be at a time, now. */
  get limit(): number {
    return this.#client.limit.limit;
  }

  async create(
    name: string,
    { contentType, bytes = 0, ifAbsent = false }: CreateOptions = {},
  ): Promise<ObjectDraft> {
    const taken = () => new NameTakenError(name, this.location);
    return new S3Draft({
      ...{ name, ifAbsent, taken },
      partSize: partSizeFor(bytes),
      put: async (body) => {
        const put = () => this.#writer.putWhole(name, body, { contentType, ifAbsent });
        const stored = (await this.#health.watch(put)) ?? (await this.stat(name));
        // It may have been stored by a request whose answer was lost.
        if (stored === undefined || !(await isOf(stored, body))) throw taken();
        return stored;
      },
      begin: () => this.#writer.beginUpload(name, contentType),
      watch: (work) => this.#health.watch(work),
    });
  }

  /**
   * Stores an object whose bytes are all there. A file must not change meanwhile.
   *
   * @returns undefined when there is an object of this name, and `ifAbsent` is set
   * @throws StorageError when it cannot be stored; BrokenRunError when no object can; the file system's
   *   errors; the task's CancelledError, and then no part stays
   */
  async put(
    name: string,
    body: BodyToStore,
    options: PutOptions = {},
  ): Promise<StoredObject | undefined> {
    return await this.#health.watch(() => this.#writer.put(name, body, options));
  }

  async stat(name: string): Promise<StoredObject | undefined> {
    const { status, headers } = await this.#client.send({
      what: `cannot look at ${name}`,
      method: 'HEAD',
      key: this.#prefix + name,
      headers: this.#client.isAws ? { 'x-amz-checksum-mode': 'ENABLED' } : {},
      expected: [404],
    });
    if (status === 404) return undefined;
    const checksum = headers['x-amz-checksum-sha256'];
    // That of an object in parts is one of its parts' checksums.
    const isWhole = typeof checksum === 'string' && !checksum.includes('-');
    return {
      name,
      bytes: Number(headers['content-length']),
      etag: etagOf(headers.etag),
      ...(isWhole ? { digest: `sha256:${Buffer.from(checksum, 'base64').toString('hex')}` } : {}),
    };
  }

  /**
   * Whether an object has these contents, by its length and its checksum or ETag. When neither says, it has
   * not.
   */
  async hasContents({ bytes, etag, digest }: StoredObject, body: BodyToStore): Promise<boolean> {
    const parts = partsOf(body);
    if (bytes !== parts.reduce((sum, part) => sum + part.bytes, 0)) return false;
    const digests: BodyDigests[] = [];
    for (const part of parts) digests.push(await part.digests(true));
    const [first] = digests;
    if (parts.length === 1 && digest !== undefined) {
      return digest === `sha256:${first?.sha256.toString('hex')}`;
    }
    return etag === etagOfParts(digests);
  }

  /** @throws StorageError, also when there is no such object */
  read(name: string): AsyncIterable<Uint8Array> {
    return readObject(this.#client, { key: this.#prefix + name, name });
  }

  /** All objects below the prefix, in the order of their names' bytes. @throws StorageError */
  list(prefix = ''): AsyncIterable<StoredObject> {
    return listObjects(this.#client, { prefix: this.#prefix + prefix, skip: this.#prefix.length });
  }

  async remove(name: string): Promise<void> {
    const key = this.#prefix + name;
    const what = `cannot remove ${name}`;
    await this.#client.send({ what, method: 'DELETE', key, expected: [404] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
  }

  async #removeLeftUploads(): Promise<void> {
    for await (const { record, done } of this.#records?.left(this.#bucket) ?? []) {
      if (await removeLeftUpload(this.#client, record)) await done();
    }
  }
}

/** Whether an object has the contents of a body that is stored by one request. */
async function isOf({ etag, digest }: StoredObject, body: UploadBody): Promise<boolean> {
  const digests = await body.digests(true);
  return digest === undefined
    ? etag === etagOfParts([digests])
    : digest === `sha256:${digests.sha256.toString('hex')}`;
}
