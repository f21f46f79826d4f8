import { StorageError } from '../storage-error.ts';
import { checkStored, checksumHeaders, etagOf, etagOfParts } from './checked-answer.ts';
import type { S3Answer } from './exchange.ts';
import type { S3Client } from './s3-client.ts';
import { isDenied, isThrottled, S3ChecksumError, S3Error } from './s3-errors.ts';
import { BytesBody, type UploadBody } from './upload-body.ts';
import type { UploadNote, UploadRecords } from './upload-records.ts';
import { escaped, textOf } from './xml.ts';

/** S3 takes no more parts. */
export const MOST_PARTS = 10_000;

/** Parts have this many bytes, unless the object would have too many. S3 takes none below 5 MiB. */
export const PART_SIZE = 8 * 1024 * 1024;

/** The size of an object's parts: all the same, since some servers (R2) ask for that. */
export function partSizeFor(bytes: number): number {
  const mebibyte = 1024 * 1024;
  const least = Math.ceil(bytes / MOST_PARTS / mebibyte) * mebibyte;
  return Math.max(PART_SIZE, least);
}

interface StoredPart {
  readonly number: number;
  readonly etag: string;
  readonly sha256: Buffer;
  readonly md5: Buffer | undefined;
}

/** What a multipart upload is made with. */
export interface MultipartOptions {
  readonly client: S3Client;
  /** Where the bucket is, for the records. */
  readonly bucket: string;
  readonly key: string;
  /** For messages. */
  readonly name: string;
  readonly contentType: string | undefined;
  /** Where the upload is noted until it ends. @default nowhere */
  readonly records?: UploadRecords | undefined;
}

/**
 * An object that is uploaded in parts. It is not there until {@link complete}; {@link abort} removes all
 * parts.
 */
export class MultipartUpload {
  readonly #options: MultipartOptions;
  readonly #uploadId: string;
  readonly #note: UploadNote | undefined;
  readonly #parts: StoredPart[] = [];
  #bytes = 0;

  private constructor(options: MultipartOptions, uploadId: string, note: UploadNote | undefined) {
    this.#options = options;
    this.#uploadId = uploadId;
    this.#note = note;
  }

  /** @throws as {@link S3Client.send}; the file system's errors */
  static async begin(options: MultipartOptions): Promise<MultipartUpload> {
    const { key, records, bucket } = options;
    const place = { bucket, key, begunAt: Date.now() };
    const intent = await records?.note(place);
    const { uploadId, mayHaveOthers } = await begun(options, intent);
    // The record of uploads whose ids are not known stays for the next run.
    const note = mayHaveOthers ? await records?.note(place) : intent;
    const upload = new MultipartUpload(options, uploadId, note);
    try {
      await note?.name(uploadId);
      return upload;
    } catch (error) {
      await upload.abort();
      throw error;
    }
  }

  /**
   * Uploads one part; several may be under way. Cancelling the task ends the request.
   * @param number from 1
   * @throws as {@link S3Client.send}
   */
  async upload(number: number, body: UploadBody): Promise<void> {
    const { client, key, name } = this.#options;
    const what = `cannot upload part ${number} of ${name}`;
    const digests = await body.digests(!client.isAws);
    const { headers } = await client.send({
      what,
      method: 'PUT',
      key,
      query: { partNumber: String(number), uploadId: this.#uploadId },
      headers: checksumHeaders(digests),
      body,
      check: (answer) =>
        etagOf(answer.headers.etag) === undefined
          ? new S3ChecksumError(`${what}: the answer has no ETag`)
          : checkStored(what, answer, digests),
      isInterruptible: true,
    });
    const etag = etagOf(headers.etag) ?? '';
    this.#parts.push({ number, etag, ...digests });
    this.#bytes += body.bytes;
  }

  /**
   * Makes the object of the parts, and checks what became of it.
   * @param options `ifAbsent`: only if there is no object of this name
   * @returns undefined when there is one
   * @throws as {@link S3Client.send}; S3ChecksumError
   */
  async complete({
    ifAbsent,
  }: {
    readonly ifAbsent: boolean;
  }): Promise<{ readonly etag: string | undefined; readonly bytes: number } | undefined> {
    const { client, key, name } = this.#options;
    const parts = this.#parts.toSorted((one, other) => one.number - other.number);
    const what = `cannot complete the upload of ${name}`;
    const expected = ifAbsent ? [412] : [];
    let answer: S3Answer;
    try {
      answer = await client.send({
        what,
        method: 'POST',
        key,
        query: { uploadId: this.#uploadId },
        headers: {
          'content-type': 'application/xml',
          ...(ifAbsent ? { 'if-none-match': '*' } : {}),
        },
        body: new BytesBody([Buffer.from(listOf(parts, client.isAws))]),
        expected,
        // S3 begins its answer before it has made the object, so an error may come with 200.
        check: (given) =>
          given.status === 200 && textOf(given.text, 'Code') !== undefined
            ? new S3Error(what, { ...given, status: 500 })
            : undefined,
      });
    } catch (error) {
      // The answer to an earlier try may have been lost, and the object is there.
      const isUnknown = error instanceof S3Error && error.s3Code === 'NoSuchUpload';
      const stored = isUnknown ? await this.#stored(parts) : undefined;
      if (stored === undefined) throw error;
      await this.#note?.forget();
      return stored;
    }
    if (answer.status === 412) return undefined;
    const stored = await this.#storedAsFarAsSeen(parts);
    if (stored === undefined) {
      throw new S3ChecksumError(`${what}: the object has other bytes than were sent`);
    }
    await this.#note?.forget();
    return stored;
  }

  /** Removes all parts. A failure leaves the record, so that the next run tries again. */
  async abort(): Promise<void> {
    const { client, key, name } = this.#options;
    try {
      await abortUpload(client, { key, uploadId: this.#uploadId, name });
      await this.#note?.forget();
    } catch {
      // The caller gets the earlier failure.
    }
  }

  /** As {@link #stored}; with credentials for uploads alone, the server's answer is trusted. */
  async #storedAsFarAsSeen(parts: readonly StoredPart[]) {
    try {
      return await this.#stored(parts);
    } catch (error) {
      if (!isDenied(error)) throw error;
      return { etag: undefined, bytes: this.#bytes };
    }
  }

  /** What is stored under the key, if it is what the parts make. */
  async #stored(parts: readonly StoredPart[]) {
    const { client, key, name } = this.#options;
    const answer = await client.send({
      what: `cannot look at ${name}`,
      method: 'HEAD',
      key,
      expected: [404],
    });
    if (answer.status === 404) return undefined;
    const etag = etagOf(answer.headers.etag);
    const bytes = Number(answer.headers['content-length']);
    if (bytes !== this.#bytes) return undefined;
    const whole = wholeEtag(parts);
    const isOther = whole !== undefined && /^[0-9a-f]{32}-\d+$/.test(etag ?? '') && etag !== whole;
    return isOther ? undefined : { etag, bytes };
  }
}

/**
 * Begins an upload. Its record stays after a failure that does not say whether it was begun.
 * @returns its id, and whether tries without an answer may have begun others
 */
async function begun(
  options: MultipartOptions,
  note: UploadNote | undefined,
): Promise<{ readonly uploadId: string; readonly mayHaveOthers: boolean }> {
  const { client, key, name, contentType } = options;
  const what = `cannot begin the upload of ${name}`;
  let isUnknown = false;
  try {
    const { text } = await client.send({
      what,
      method: 'POST',
      key,
      query: { uploads: '' },
      headers: {
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        ...(client.isAws ? { 'x-amz-checksum-algorithm': 'SHA256' } : {}),
      },
      onFailure(error) {
        isUnknown ||= !isAnswered(error);
      },
    });
    const uploadId = textOf(text, 'UploadId');
    if (uploadId) return { uploadId, mayHaveOthers: isUnknown };
    isUnknown = true;
    throw new StorageError(`${what}: the answer has no UploadId`);
  } catch (error) {
    if (!isUnknown) await note?.forget();
    throw error;
  }
}

/** Whether the server has refused the request. Otherwise it may have carried it out. */
function isAnswered(error: Error): boolean {
  return error instanceof S3Error && (error.status < 500 || isThrottled(error));
}

/** Removes the parts of an upload; without an upload it does nothing. @throws as {@link S3Client.send} */
export async function abortUpload(
  client: S3Client,
  upload: { readonly key: string; readonly uploadId: string; readonly name: string },
): Promise<void> {
  const { key, uploadId, name } = upload;
  await client.send({
    what: `cannot remove the parts of ${name}`,
    method: 'DELETE',
    key,
    query: { uploadId },
    expected: [404],
    tries: 3,
  });
}

function listOf(parts: readonly StoredPart[], withSha256: boolean): string {
  const list = parts.map(({ number, etag, sha256 }) => {
    const checksum = withSha256
      ? `<ChecksumSHA256>${sha256.toString('base64')}</ChecksumSHA256>`
      : '';
    return `<Part><PartNumber>${number}</PartNumber><ETag>"${escaped(etag)}"</ETag>${checksum}</Part>`;
  });
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`;
}

/** The ETag of an object of these parts; undefined when the parts' ETags are no MD5s. */
function wholeEtag(parts: readonly StoredPart[]): string | undefined {
  const areMd5s = parts.every(({ etag, md5 }) => etag === md5?.toString('hex'));
  return areMd5s ? etagOfParts(parts) : undefined;
}
