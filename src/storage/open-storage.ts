import { BrokenRunError } from '../model/broken-run-error.ts';
import type { DirectoryStorageOptions } from './directory-storage.ts';
import type { ObjectStorage } from './object-storage.ts';

/** Whether a location is in S3, and not a directory. */
export function isS3(location: string): boolean {
  return /^s3:\/\//i.test(location);
}

/**
 * Opens a place for objects. What S3 needs is loaded only for S3.
 * @param location `s3://bucket/prefix`, or a directory
 * @throws BrokenRunError when it cannot be used
 */
export async function openStorage(
  location: string,
  options: DirectoryStorageOptions = {},
): Promise<ObjectStorage> {
  if (isS3(location)) throw new BrokenRunError(`${location}: S3 cannot be written to yet`);
  const { DirectoryStorage } = await import('./directory-storage.ts');
  return new DirectoryStorage(location, options);
}
