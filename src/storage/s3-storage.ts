import { readFile } from 'node:fs/promises';
import { TaskGroup } from '../concurrency/index.ts';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { messageOf } from '../model/failure.ts';
import type { ObjectDraft, ObjectStorage, StoredObject } from './object-storage.ts';
import { type AwsSettings, type Environment, readAwsSettings } from './s3/aws-settings.ts';
import { checkStored, checksumHeaders, etagOf, etagOfParts } from './s3/checked-answer.ts';
import { CredentialSource } from './s3/credentials.ts';
import { findCredentials } from './s3/find-credentials.ts';
import { listObjects } from './s3/list-objects.ts';
import { abortUpload, MultipartUpload, PART_SIZE, partSizeFor } from './s3/multipart-upload.ts';
import { readObject } from './s3/read-object.ts';
import { S3Client, type S3ClientOptions } from './s3/s3-client.ts';
import { S3Draft } from './s3/s3-draft.ts';
import { isDenied, S3Error } from './s3/s3-errors.ts';
import { addressOf, DEFAULT_REGION, parseS3Location, type S3Location } from './s3/s3-location.ts';
import { StoreHealth } from './s3/store-health.ts';
import { type BodyDigests, BytesBody, FileBody, type UploadBody } from './s3/upload-body.ts';
import { UploadRecords } from './s3/upload-records.ts';
import { StorageError } from './storage-error.ts';

/** How a storage in S3 is reached. */
export interface S3StorageOptions extends Pick<S3ClientOptions, 'backoff' | 'random' | 'idle'> {
  /** Where credentials, region, endpoint and proxy are looked for, as the AWS command does. */
  readonly environment: Environment;
  /** The URL of a server other than AWS; it goes before those of the environment and the profile. */
  readonly endpoint?: string | undefined;
  /**
   * A folder where multipart uploads are noted while they are under way. Those that a killed run has left
   * there are ended when the storage is opened.
   * @default none are noted
   */
  readonly uploads?: string | undefined;
}

/** A body to store: in memory, or a file. */
export type BodyToStore = readonly Uint8Array[] | { readonly path: string; readonly bytes: number };

/** How {@link S3Storage.put} stores an object. */
export interface PutOptions {
  readonly contentType?: string | undefined;
  /**
   * Store it only if there is no object of its name. The server decides where it can; with others, its
   * name is looked up before.
   * @default false
   */
  readonly ifAbsent?: boolean | undefined;
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

/** How many parts of one file are uploaded at a time. */
const PARTS_AT_A_TIME = 4;

/** At the start, a server that does not answer is given up sooner than in the middle of a run. */
const FIRST_TRIES = 4;

/**
 * The objects below a prefix of an S3 bucket. An object up to {@link PART_SIZE} is stored by one request, a
 * longer one in parts. Every body is sent with its SHA-256, and what the server says that it stored is
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
  readonly #health: StoreHealth;
  /** Whether the server keeps to `If-None-Match`; undefined until that is known. */
  #knowsConditions: boolean | undefined;
  #isTryingConditions = false;

  private constructor(
    { bucket, prefix }: S3Location,
    client: S3Client,
    place: { readonly origin: string; readonly records: UploadRecords | undefined },
  ) {
    this.location = shown({ bucket, prefix });
    this.#client = client;
    this.#prefix = prefix;
    this.#bucket = `${place.origin}/${bucket}`;
    this.#records = place.records;
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
    const settings = await readSettings(options.environment);
    const endpoint = options.endpoint ?? settings.endpoint;
    const region = settings.region ?? DEFAULT_REGION;
    const address =
      options.endpoint === undefined
        ? configuredAddress(place, settings)
        : addressOf(place, options.endpoint, region);
    const { backoff, random, idle, environment } = options;
    const credentials = new CredentialSource(() =>
      findCredentials(() => readSettings(environment)),
    );
    const client = new S3Client({
      ...{ address, region, credentials, environment, backoff, random, idle },
      location: shown(place),
      ca: await readCertificates(environment),
      inRegion: endpoint === undefined ? (to) => addressOf(place, undefined, to) : undefined,
    });
    try {
      const records =
        options.uploads === undefined ? undefined : new UploadRecords(options.uploads);
      const { origin } = address.origin;
      const storage = new S3Storage(place, client, { origin, records });
      await storage.#check(origin);
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
    options: {
      readonly contentType?: string | undefined;
      readonly bytes?: number | undefined;
    } = {},
  ): Promise<ObjectDraft> {
    const { contentType, bytes = 0 } = options;
    return new S3Draft({
      name,
      partSize: partSizeFor(bytes),
      put: async (body) => {
        const stored = await this.#health.watch(() => this.#putOnce(name, body, { contentType }));
        if (stored === undefined) throw new StorageError(`${name} cannot be stored`);
        return stored;
      },
      begin: () => this.#beginUpload(name, contentType),
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
    return await this.#health.watch(async () => {
      const parts = partsOf(body);
      const [whole] = parts;
      return parts.length === 1 && whole !== undefined
        ? await this.#putWhole(name, whole, options)
        : await this.#putParts(name, parts, options);
    });
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

  /** Lists what is not there: the answer has a body, which says what is wrong. That of HEAD has none. */
  async #check(origin: string): Promise<void> {
    try {
      await this.#client.send({
        what: `cannot use ${this.location}`,
        method: 'GET',
        query: { 'list-type': '2', 'max-keys': '1', prefix: `${this.#prefix}.flaghoist-check` },
        tries: FIRST_TRIES,
      });
    } catch (error) {
      // Credentials may be for uploads alone.
      if (isDenied(error)) return;
      if (!(error instanceof StorageError)) throw error;
      const isMissing = error instanceof S3Error && error.status === 404;
      const what = isMissing ? ': there is no such bucket, or no S3 server' : '';
      throw new BrokenRunError(`${messageOf(error)}${what}; check the endpoint, ${origin}`, {
        cause: error,
      });
    }
  }

  async #removeLeftUploads(): Promise<void> {
    for await (const { record, done } of this.#records?.left(this.#bucket) ?? []) {
      try {
        await abortUpload(this.#client, { ...record, name: record.key });
      } catch (error) {
        // It may be another bucket's owner who removes them; the record stays for the next run.
        if (error instanceof StorageError) continue;
        throw error;
      }
      await done();
    }
  }

  async #putWhole(
    name: string,
    body: UploadBody,
    { contentType, ifAbsent = false }: PutOptions,
  ): Promise<StoredObject | undefined> {
    if (!ifAbsent) return await this.#putOnce(name, body, { contentType });
    if (this.#knowsConditions !== true && (await this.stat(name)) !== undefined) return undefined;
    if (this.#knowsConditions === false) return await this.#putOnce(name, body, { contentType });
    try {
      const stored = await this.#putOnce(name, body, { contentType, ifAbsent });
      if (stored !== undefined) await this.#tryConditions(name, body, contentType);
      return stored;
    } catch (error) {
      if (!(error instanceof S3Error) || error.status !== 501) throw error;
      this.#knowsConditions = false;
      return await this.#putOnce(name, body, { contentType });
    }
  }

  /**
   * Finds out whether the server keeps to `If-None-Match`: many servers take no notice of it, and replace
   * the object. So the run's first object is stored a second time, which has to be refused.
   */
  async #tryConditions(name: string, body: UploadBody, contentType?: string): Promise<void> {
    if (this.#knowsConditions !== undefined || this.#isTryingConditions) return;
    this.#isTryingConditions = true;
    try {
      const again = await this.#putOnce(name, body, { contentType, ifAbsent: true });
      this.#knowsConditions = again === undefined;
    } finally {
      this.#isTryingConditions = false;
    }
  }

  /** @returns undefined when there is an object of this name, and `ifAbsent` is set */
  async #putOnce(
    name: string,
    body: UploadBody,
    { contentType, ifAbsent = false }: PutOptions,
  ): Promise<StoredObject | undefined> {
    const digests = await body.digests(!this.#client.isAws);
    const what = `cannot upload ${name}`;
    const { status, headers } = await this.#client.send({
      what,
      method: 'PUT',
      key: this.#prefix + name,
      headers: {
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        ...(ifAbsent ? { 'if-none-match': '*' } : {}),
        ...checksumHeaders(digests),
      },
      body,
      expected: ifAbsent ? [412] : [],
      check: (answer) => (answer.status === 412 ? undefined : checkStored(what, answer, digests)),
    });
    if (status === 412) return undefined;
    const digest = `sha256:${digests.sha256.toString('hex')}`;
    return { name, bytes: body.bytes, etag: etagOf(headers.etag), digest };
  }

  async #putParts(
    name: string,
    parts: readonly UploadBody[],
    { contentType, ifAbsent = false }: PutOptions,
  ): Promise<StoredObject | undefined> {
    // One request more is nothing beside such an upload, and it may save all of it.
    if (ifAbsent && (await this.stat(name)) !== undefined) return undefined;
    const upload = await this.#beginUpload(name, contentType);
    try {
      const left = parts.entries();
      const uploadParts = async () => {
        for (const [index, part] of left) await upload.upload(index + 1, part);
      };
      await TaskGroup.run((group) => {
        for (let task = 0; task < PARTS_AT_A_TIME; task++) group.createTask(uploadParts);
      });
      const isConditional = ifAbsent && this.#knowsConditions !== false;
      const stored = await upload.complete({ ifAbsent: isConditional });
      if (stored !== undefined) return { name, ...stored };
    } catch (error) {
      await upload.abort();
      throw error;
    }
    await upload.abort();
    return undefined;
  }

  #beginUpload(name: string, contentType: string | undefined): Promise<MultipartUpload> {
    const [client, records, bucket] = [this.#client, this.#records, this.#bucket];
    const key = this.#prefix + name;
    return MultipartUpload.begin({ client, bucket, key, name, contentType, records });
  }
}

/** What is sent for a body: one request, or one for each part. */
function partsOf(body: BodyToStore): readonly UploadBody[] {
  if (!('path' in body)) return [new BytesBody(body)];
  const { path, bytes } = body;
  if (bytes <= PART_SIZE) return [new FileBody(path, 0, bytes)];
  const size = partSizeFor(bytes);
  return Array.from({ length: Math.ceil(bytes / size) }, (_, part) => {
    return new FileBody(path, part * size, Math.min(size, bytes - part * size));
  });
}

function shown({ bucket, prefix }: S3Location): string {
  return `s3://${bucket}/${prefix}`.replace(/\/$/, '');
}

/** @throws BrokenRunError */
async function readSettings(environment: Environment) {
  try {
    return await readAwsSettings(environment);
  } catch (cause) {
    throw new BrokenRunError(`cannot read the settings of AWS: ${messageOf(cause)}`, { cause });
  }
}

/** @throws BrokenRunError when the endpoint that the environment or the profile names makes no sense */
function configuredAddress(place: S3Location, { endpoint, region = DEFAULT_REGION }: AwsSettings) {
  try {
    return addressOf(place, endpoint, region);
  } catch (cause) {
    const where = 'AWS_ENDPOINT_URL, or endpoint_url of the profile';
    throw new BrokenRunError(`${where}: ${messageOf(cause)}`, { cause });
  }
}

/** The certificates that `AWS_CA_BUNDLE` names. @throws BrokenRunError */
async function readCertificates({ AWS_CA_BUNDLE }: Environment): Promise<string | undefined> {
  if (!AWS_CA_BUNDLE) return undefined;
  try {
    return await readFile(AWS_CA_BUNDLE, 'utf8');
  } catch (cause) {
    throw new BrokenRunError(`AWS_CA_BUNDLE: cannot be read: ${messageOf(cause)}`, { cause });
  }
}
