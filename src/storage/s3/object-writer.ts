import { TaskGroup } from '../../concurrency/index.ts';
import type { StoredObject } from '../object-storage.ts';
import { checkStored, checksumHeaders, etagOf } from './checked-answer.ts';
import { MultipartUpload, PART_SIZE, partSizeFor } from './multipart-upload.ts';
import type { S3Client } from './s3-client.ts';
import { S3Error } from './s3-errors.ts';
import { BytesBody, FileBody, type UploadBody } from './upload-body.ts';
import type { UploadRecords } from './upload-records.ts';

/** A body to store: in memory, or a file. */
export type BodyToStore = readonly Uint8Array[] | { readonly path: string; readonly bytes: number };

/** How an object is stored. */
export interface PutOptions {
  readonly contentType?: string | undefined;
  /**
   * Store it only if there is no object of its name. The server decides where it can; with others, its
   * name is looked up before.
   * @default false
   */
  readonly ifAbsent?: boolean | undefined;
}

/** Where objects are stored. */
export interface WriterPlace {
  readonly client: S3Client;
  /** What the keys of all objects begin with. */
  readonly prefix: string;
  /** The origin and the bucket, as records of uploads have them. */
  readonly bucket: string;
  /** @default uploads are not noted */
  readonly records: UploadRecords | undefined;
}

/** How many parts of one file are uploaded at a time. */
const PARTS_AT_A_TIME = 4;

/** Stores objects: by one request, or in parts. */
export class ObjectWriter {
  readonly #place: WriterPlace;
  /** Whether the server keeps to `If-None-Match`; undefined until that is known. */
  #knowsConditions: boolean | undefined;
  #isTryingConditions = false;

  constructor(place: WriterPlace) {
    this.#place = place;
  }

  /**
   * @returns undefined when there is an object of this name, and `ifAbsent` is set
   * @throws StorageError, BrokenRunError; the file system's errors; the task's CancelledError, and then no
   *   part stays
   */
  async put(
    name: string,
    body: BodyToStore,
    options: PutOptions = {},
  ): Promise<StoredObject | undefined> {
    const parts = partsOf(body);
    const [whole] = parts;
    return parts.length === 1 && whole !== undefined
      ? await this.putWhole(name, whole, options)
      : await this.#putParts(name, parts, options);
  }

  /** @throws as {@link put} */
  beginUpload(name: string, contentType: string | undefined): Promise<MultipartUpload> {
    const { prefix, ...place } = this.#place;
    return MultipartUpload.begin({ ...place, key: prefix + name, name, contentType });
  }

  async #isThere(name: string): Promise<boolean> {
    const { client, prefix } = this.#place;
    const what = `cannot look at ${name}`;
    const key = prefix + name;
    try {
      const { status } = await client.send({ what, method: 'HEAD', key, expected: [404] });
      return status !== 404;
    } catch (error) {
      // Credentials for uploads alone cannot look names up; the server then decides whether the name is
      // free. An answer to HEAD has no body, so the answer to the upload also explains other errors best.
      if (this.#knowsConditions === false || !isRefused(error)) throw error;
      return false;
    }
  }

  /** Stores a body by one request. @returns and throws as {@link put} */
  async putWhole(
    name: string,
    body: UploadBody,
    { contentType, ifAbsent = false }: PutOptions,
  ): Promise<StoredObject | undefined> {
    if (!ifAbsent) return await this.putOnce(name, body, { contentType });
    if (this.#knowsConditions !== true && (await this.#isThere(name))) return undefined;
    if (this.#knowsConditions === false) return await this.putOnce(name, body, { contentType });
    try {
      const stored = await this.putOnce(name, body, { contentType, ifAbsent });
      if (stored !== undefined) await this.#tryConditions(name, body, contentType);
      return stored;
    } catch (error) {
      if (!(error instanceof S3Error) || error.status !== 501) throw error;
      this.#knowsConditions = false;
      return await this.putOnce(name, body, { contentType });
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
      const again = await this.putOnce(name, body, { contentType, ifAbsent: true });
      this.#knowsConditions = again === undefined;
    } finally {
      this.#isTryingConditions = false;
    }
  }

  /** @returns undefined when there is an object of this name, and `ifAbsent` is set */
  async putOnce(
    name: string,
    body: UploadBody,
    { contentType, ifAbsent = false }: PutOptions,
  ): Promise<StoredObject | undefined> {
    const digests = await body.digests(!this.#place.client.isAws);
    const what = `cannot upload ${name}`;
    const { status, headers } = await this.#place.client.send({
      what,
      method: 'PUT',
      key: this.#place.prefix + name,
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
    // One more request costs little beside such an upload, and may spare all of it.
    if (ifAbsent && (await this.#isThere(name))) return undefined;
    const upload = await this.beginUpload(name, contentType);
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
}

function isRefused(error: unknown): boolean {
  return error instanceof S3Error && (error.status === 400 || error.status === 403);
}

/** What is sent for a body: one request, or one for each part. */
export function partsOf(body: BodyToStore): readonly UploadBody[] {
  if (!('path' in body)) return [new BytesBody(body)];
  const { path, bytes } = body;
  if (bytes <= PART_SIZE) return [new FileBody(path, 0, bytes)];
  const size = partSizeFor(bytes);
  return Array.from({ length: Math.ceil(bytes / size) }, (_, part) => {
    return new FileBody(path, part * size, Math.min(size, bytes - part * size));
  });
}
