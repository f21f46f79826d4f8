/** A bucket, and what all names in it begin with. */
export interface S3Location {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
}

/** The address of a bucket. */
export interface BucketAddress {
  /** Scheme, host and port. */
  readonly origin: URL;
  /** What the path of each request begins with: `/bucket` (path style), or nothing. */
  readonly path: string;
  /** Whether the server is AWS's own. */
  readonly isAws: boolean;
}

/** The region that is signed for when none is set. Servers other than AWS mostly take any. */
export const DEFAULT_REGION = 'us-east-1';

/**
 * Reads `s3://bucket/prefix`.
 * @throws RangeError; its message does not have the text, which may have a password
 */
export function parseS3Location(text: string): S3Location {
  const [, rest] = /^s3:\/\/(.*)$/is.exec(text) ?? [];
  if (rest === undefined) throw new RangeError('a place in S3 is written s3://bucket/prefix');
  const at = rest.indexOf('/');
  const bucket = at < 0 ? rest : rest.slice(0, at);
  if (bucket.includes('@') || bucket.includes(':')) {
    throw new RangeError(
      's3://bucket/prefix takes no keys and no host: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and --s3-endpoint for a server other than AWS',
    );
  }
  if (!/^[\w][\w.-]{1,254}$/.test(bucket)) {
    throw new RangeError(`${JSON.stringify(bucket)} is no name of a bucket: s3://bucket/prefix`);
  }
  const path = at < 0 ? '' : rest.slice(at + 1).replace(/\/+$/, '');
  if (
    path.split('/').some((part) => part === '.' || part === '..' || (part === '' && path !== ''))
  ) {
    throw new RangeError(`the prefix ${JSON.stringify(path)} has a part that is empty, . or ..`);
  }
  return { bucket, prefix: path === '' ? '' : `${path}/` };
}

/** A place as users write it. */
export function shownLocation({ bucket, prefix }: S3Location): string {
  return `s3://${bucket}/${prefix}`.replace(/\/$/, '');
}

/**
 * Where the requests for a bucket go. A server of one's own gets the bucket in the path, since its host is
 * seldom known by each bucket's name; with `{bucket}` in its URL, the bucket is put there. AWS gets it in
 * the host, except for names with a dot, which its certificate does not cover.
 *
 * @param endpoint the URL of a server other than AWS
 * @throws RangeError
 */
export function addressOf(
  { bucket }: S3Location,
  endpoint: string | undefined,
  region: string,
): BucketAddress {
  if (endpoint === undefined) {
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    return bucket.includes('.')
      ? { origin: new URL(`https://s3.${region}.${domain}`), path: `/${bucket}`, isAws: true }
      : { origin: new URL(`https://${bucket}.s3.${region}.${domain}`), path: '', isAws: true };
  }
  const url = URL.parse(endpoint.replaceAll('{bucket}', bucket));
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new RangeError('the S3 endpoint has to be a URL such as https://s3.example.com');
  }
  if (url.username !== '' || url.password !== '') {
    throw new RangeError(
      'the S3 endpoint must not have a user or a password: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  }
  const base = url.pathname.replace(/\/+$/, '');
  const path = endpoint.includes('{bucket}') ? base : `${base}/${bucket}`;
  return {
    origin: new URL(url.origin),
    path,
    isAws: /\.amazonaws\.com(\.cn)?$/.test(url.hostname),
  };
}

/** A key in the path of a URL, as the signature has it: only unreserved characters stay (RFC 3986). */
export function encodedKey(key: string): string {
  return key.split('/').map(encoded).join('/');
}

/** A name or a value in a query, or a part of a path. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
