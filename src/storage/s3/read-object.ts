import { StorageError } from '../storage-error.ts';
import { etagOf } from './checked-answer.ts';
import type { S3Client } from './s3-client.ts';
import { S3ConnectionError } from './s3-errors.ts';

/** How often reading goes on after the connection broke, without a byte in between. */
const MOST_BREAKS = 4;

/**
 * Reads an object. When the connection breaks, the rest of the same version is asked for.
 * @throws StorageError, also when there is no such object or another one meanwhile
 */
export async function* readObject(
  client: S3Client,
  { key, name }: { readonly key: string; readonly name: string },
): AsyncGenerator<Uint8Array, void, undefined> {
  const what = `cannot read ${name}`;
  let [bytes, whole, breaks] = [0, Number.NaN, 0];
  let etag: string | undefined;
  for (;;) {
    const headers =
      bytes === 0
        ? {}
        : { range: `bytes=${bytes}-`, ...(etag === undefined ? {} : { 'if-match': `"${etag}"` }) };
    const response = await client.open({ what, method: 'GET', key, headers });
    if (bytes === 0) {
      whole = Number(response.headers['content-length']);
      etag = etagOf(response.headers.etag);
    } else if (response.statusCode !== 206) {
      response.destroy();
      throw new StorageError(`${what}: the server does not send ranges`);
    }
    let failure: unknown;
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        breaks = 0;
        yield chunk;
      }
    } catch (error) {
      failure = error;
    }
    if (failure === undefined && (bytes === whole || Number.isNaN(whole))) return;
    if (++breaks > MOST_BREAKS) throw new S3ConnectionError(what, failure);
  }
}
