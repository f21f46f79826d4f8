import type { Environment } from '../../src/storage/s3/aws-settings.ts';

/** What is used of s3rver, which has no types. */
interface S3rver {
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}
type S3rverClass = new (options: Record<string, unknown>) => S3rver;

/** Its only account. */
const KEY = 'S3RVER';

/**
 * Starts s3rver with a bucket called `bucket`.
 * @param directory where it keeps its objects
 */
export async function startS3rver(
  directory: string,
): Promise<{ endpoint: string; environment: Environment } & AsyncDisposable> {
  // Loaded only here: it loads half a second's worth of packages.
  // @ts-expect-error It has no types.
  const { default: S3rver } = (await import('@20minutes/s3rver')) as { default: S3rverClass };
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory: `${directory}/s3rver` },
    configureBuckets: [{ name: 'bucket' }],
  });
  const { port } = await server.run();
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    environment: {
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: KEY,
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
