import type { StoredObject } from '../object-storage.ts';
import { StorageError } from '../storage-error.ts';
import { etagOf } from './checked-answer.ts';
import type { S3Client } from './s3-client.ts';
import { elementsOf, textOf } from './xml.ts';

/**
 * Lists the objects whose keys begin with `prefix`, 1,000 for each request.
 * @param skip how many characters of each key the names leave out
 * @throws StorageError
 */
export async function* listObjects(
  client: S3Client,
  { prefix, skip }: { readonly prefix: string; readonly skip: number },
): AsyncGenerator<StoredObject, void, undefined> {
  let token: string | undefined;
  do {
    const { text } = await client.send({
      what: 'cannot list the objects',
      method: 'GET',
      query: {
        ...(token === undefined ? {} : { 'continuation-token': token }),
        // XML cannot have every character of a key.
        'encoding-type': 'url',
        'list-type': '2',
        prefix,
      },
    });
    const isEncoded = textOf(text, 'EncodingType') === 'url';
    for (const entry of elementsOf(text, 'Contents')) {
      const plain = keyIn(entry, isEncoded);
      const bytes = Number(textOf(entry, 'Size'));
      yield { name: plain.slice(skip), bytes, etag: etagOf(textOf(entry, 'ETag')) };
    }
    const isTruncated = textOf(text, 'IsTruncated') === 'true';
    const next = isTruncated ? textOf(text, 'NextContinuationToken') : undefined;
    if (isTruncated && (next === undefined || next === token)) {
      throw new StorageError('cannot list the objects: the server does not say how to go on');
    }
    token = next;
  } while (token !== undefined);
}

/** The key in an entry of a list. @param isEncoded as a URL, with `+` for a space, as in forms */
export function keyIn(entry: string, isEncoded: boolean): string {
  const key = textOf(entry, 'Key') ?? '';
  return isEncoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}
