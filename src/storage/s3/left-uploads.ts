import { StorageError } from '../storage-error.ts';
import { keyIn } from './list-objects.ts';
import { abortUpload } from './multipart-upload.ts';
import type { S3Client } from './s3-client.ts';
import { S3Error } from './s3-errors.ts';
import type { UploadRecord } from './upload-records.ts';
import { elementsOf, textOf } from './xml.ts';

/**
 * The server's clock may differ from ours by a quarter of an hour, and the request that begins an upload may be
 * tried that long, in ms.
 */
const AROUND = 30 * 60_000;

/**
 * Removes the parts of an upload that a killed run has left. Where its id is not known, all uploads of its
 * key that were begun about that time are removed. A server that lists no uploads keeps them.
 *
 * @returns whether its record is of no more use; otherwise the next run is to try again
 * @throws BrokenRunError
 */
export async function removeLeftUpload(client: S3Client, left: UploadRecord): Promise<boolean> {
  const { key } = left;
  try {
    for (const uploadId of await idsOf(client, left)) {
      await abortUpload(client, { key, uploadId, name: key });
    }
    return true;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return error instanceof S3Error && HAS_NO_LIST.has(error.status);
  }
}

/** Statuses of a server that lists no uploads. */
const HAS_NO_LIST: ReadonlySet<number> = new Set([400, 404, 405, 501]);

async function idsOf(
  client: S3Client,
  { key, uploadId, begunAt = 0 }: UploadRecord,
): Promise<string[]> {
  if (uploadId !== undefined) return [uploadId];
  const { text } = await client.send({
    what: `cannot list the uploads of ${key}`,
    method: 'GET',
    // Uploads of exactly this key come first, and are hardly more than the 1,000 that an answer lists.
    query: { 'encoding-type': 'url', prefix: key, uploads: '' },
    tries: 3,
  });
  const isEncoded = textOf(text, 'EncodingType') === 'url';
  return elementsOf(text, 'Upload').flatMap((entry) => {
    const since = Math.abs(Date.parse(textOf(entry, 'Initiated') ?? '') - begunAt);
    const id = textOf(entry, 'UploadId');
    return id && keyIn(entry, isEncoded) === key && since <= AROUND ? [id] : [];
  });
}
