import { join } from 'node:path';
import type { DirectoryStorageOptions } from './directory-storage.ts';
import type { ObjectStorage } from './object-storage.ts';
import type { S3StorageOptions } from './s3-storage.ts';

/** Options of {@link openStorage}. */
export interface StorageOptions extends DirectoryStorageOptions {
  /**
   * How S3 is reached.
   * @default by the environment of this process
   */
  readonly s3?: Partial<S3StorageOptions> | undefined;
}

/** The path of an object, for messages and records. */
export function pathIn(location: string, name: string): string {
  return isS3(location) ? `${location}/${name}` : join(location, name);
}

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
  options: StorageOptions = {},
): Promise<ObjectStorage> {
  if (isS3(location)) {
    const { openS3 } = await import('./s3-storage.ts');
    return await openS3(location, options.s3);
  }
  const { DirectoryStorage } = await import('./directory-storage.ts');
  return new DirectoryStorage(location, options);
}
