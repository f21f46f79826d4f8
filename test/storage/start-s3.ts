import { randomBytes } from 'node:crypto';
import { S3Storage, type S3StorageOptions } from '../../src/storage/s3-storage.ts';
import { S3Server, type S3ServerOptions } from '../support/s3-server.ts';

export const MEBIBYTE = 1024 * 1024;

/** Long enough for three parts. */
export const LARGE = randomBytes(17 * MEBIBYTE);

export const SMALL = [Buffer.from('small')];

/** A storage of a server of its own, whose requests begin with those of the test. */
export async function startS3(
  options: Partial<S3StorageOptions> & S3ServerOptions & { location?: string } = {},
) {
  const server = await S3Server.start(options);
  const { location = 's3://bucket/prefix' } = options;
  const storage = await S3Storage.open(location, {
    environment: server.environment,
    backoff: { base: 1, max: 2 },
    ...options,
  });
  server.requests.length = 0;
  return {
    server,
    storage,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
