import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server got it. */
export interface SeenRequest {
  readonly method: string;
  /** `/bucket/key`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An object of the server. */
export interface KeptObject {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly etag: string;
}

/** An answer in place of the server's own. */
export type Script = (
  request: SeenRequest,
  response: ServerResponse,
) => { status: number; code?: string; headers?: Record<string, string> } | 'taken' | undefined;

/** How the server behaves. */
export interface S3ServerOptions {
  /** Whether it keeps to `If-None-Match`. @default true */
  readonly conditions?: boolean | undefined;
  /** How many keys a page of a listing has. @default 1000 */
  readonly pageSize?: number | undefined;
}

/**
 * A small S3 server in memory, with one bucket called `bucket`, that a test can make misbehave. It checks
 * what is sent (SHA-256, MD5), and no signature: s3rver does that. It knows what s3rver does not:
 * `If-None-Match`, checksums, AbortMultipartUpload, ListMultipartUploads.
 */
export class S3Server implements AsyncDisposable {
  readonly objects = new Map<string, KeptObject>();
  /** The parts of the uploads under way, by their ids. */
  readonly uploads = new Map<
    string,
    { key: string; contentType?: string; parts: Map<number, Buffer>; initiated?: number }
  >();
  readonly requests: SeenRequest[] = [];
  /** Is asked first, for each request. */
  script: Script = () => undefined;
  readonly #options: S3ServerOptions;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(options: S3ServerOptions) {
    this.#options = options;
  }

  static async start(options: S3ServerOptions = {}): Promise<S3Server> {
    const server = new S3Server(options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The variables that lead a client here. */
  get environment(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    };
  }

  /** `GET ?list-type&prefix`: the method and what the query is about, of all requests. */
  get log(): string[] {
    return this.requests.map(({ method, path, query }) => {
      const names = [...query.keys()].join('&');
      return `${method} ${path}${names === '' ? '' : `?${names}`}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://host');
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const seen = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    this.requests.push(seen);
    const scripted = this.script(seen, response);
    if (scripted === 'taken') return;
    if (scripted !== undefined) {
      const { status, code = '', headers = {} } = scripted;
      return void answer(response, status, errorXml(code), headers);
    }
    const refusal = refusalOf(seen);
    if (refusal !== undefined) return void answer(response, 400, errorXml(refusal));
    const [, bucket, ...rest] = seen.path.split('/');
    if (bucket !== 'bucket') return void answer(response, 404, errorXml('NoSuchBucket'));
    this.#serveBucket(seen, rest.join('/'), response);
  }

  #serveBucket(seen: SeenRequest, key: string, response: ServerResponse): void {
    const { method, query, headers } = seen;
    const uploadId = query.get('uploadId') ?? undefined;
    if (key === '' && query.has('uploads')) return void this.#listUploads(query, response);
    if (key === '') return void this.#list(query, response);
    if (query.has('uploads')) {
      const id = `upload-${this.uploads.size + 1}-${Date.now()}`;
      this.uploads.set(id, { key, contentType: headers['content-type'], parts: new Map() });
      return void answer(response, 200, `<R><UploadId>${id}</UploadId></R>`);
    }
    if (uploadId !== undefined) return void this.#serveUpload(seen, key, uploadId, response);
    if (method === 'PUT') return void this.#put(seen, key, response);
    if (method === 'DELETE') {
      this.objects.delete(key);
      return void answer(response, 204, '');
    }
    const object = this.objects.get(key);
    if (object === undefined) return void answer(response, 404, errorXml('NoSuchKey'));
    const { body, etag, contentType = 'binary/octet-stream' } = object;
    const [, start] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    const part = start === undefined ? body : body.subarray(Number(start));
    response.writeHead(start === undefined ? 200 : 206, {
      'content-length': part.length,
      'content-type': contentType,
      etag: `"${etag}"`,
    });
    response.end(method === 'HEAD' ? undefined : part);
  }

  #put(seen: SeenRequest, key: string, response: ServerResponse): void {
    const isTaken = this.#isTaken(seen, key);
    if (isTaken) return void answer(response, 412, errorXml('PreconditionFailed'));
    const etag = createHash('md5').update(seen.body).digest('hex');
    this.objects.set(key, { body: seen.body, contentType: seen.headers['content-type'], etag });
    const checksum = seen.headers['x-amz-checksum-sha256'];
    const answered: Record<string, string> =
      typeof checksum === 'string' ? { 'x-amz-checksum-sha256': checksum } : {};
    answer(response, 200, '', { etag: `"${etag}"`, ...answered });
  }

  #isTaken({ headers }: SeenRequest, key: string): boolean {
    const keeps = this.#options.conditions !== false;
    return keeps && headers['if-none-match'] === '*' && this.objects.has(key);
  }

  #serveUpload(seen: SeenRequest, key: string, id: string, response: ServerResponse): void {
    const upload = this.uploads.get(id);
    if (upload === undefined) return void answer(response, 404, errorXml('NoSuchUpload'));
    if (seen.method === 'PUT') {
      upload.parts.set(Number(seen.query.get('partNumber')), seen.body);
      const etag = createHash('md5').update(seen.body).digest('hex');
      return void answer(response, 200, '', { etag: `"${etag}"` });
    }
    if (seen.method === 'DELETE') {
      this.uploads.delete(id);
      return void answer(response, 204, '');
    }
    if (this.#isTaken(seen, key)) return void answer(response, 412, errorXml('PreconditionFailed'));
    const parts = [...upload.parts].sort(([one], [other]) => one - other).map(([, body]) => body);
    const md5 = createHash('md5');
    for (const part of parts) md5.update(createHash('md5').update(part).digest());
    const etag = `${md5.digest('hex')}-${parts.length}`;
    const { contentType } = upload;
    this.objects.set(key, { body: Buffer.concat(parts), contentType, etag });
    this.uploads.delete(id);
    answer(
      response,
      200,
      `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
    );
  }

  #listUploads(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? '';
    const entries = [...this.uploads].map(([id, { key, initiated = Date.now() }]) => {
      const time = new Date(initiated).toISOString();
      return key.startsWith(prefix)
        ? `<Upload><Key>${shownKey(key)}</Key><UploadId>${id}</UploadId><Initiated>${time}</Initiated></Upload>`
        : '';
    });
    const list = `<ListMultipartUploadsResult><EncodingType>url</EncodingType>${entries.join('')}</ListMultipartUploadsResult>`;
    answer(response, 200, list);
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const { pageSize = 1000 } = this.#options;
    const size = Math.min(pageSize, Number(query.get('max-keys') ?? 1000));
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after)
      .sort();
    const page = keys.slice(0, size);
    const entries = page.map((key) => {
      const { body, etag } = this.objects.get(key) as KeptObject;
      return `<Contents><Key>${shownKey(key)}</Key><Size>${body.length}</Size><ETag>&quot;${etag}&quot;</ETag></Contents>`;
    });
    const isTruncated = keys.length > page.length;
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    answer(
      response,
      200,
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`,
    );
  }
}

function shownKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** What S3 says of a body that is not what its headers say. */
function refusalOf({ headers, body }: SeenRequest): string | undefined {
  const sha256 = createHash('sha256').update(body);
  const stated = headers['x-amz-content-sha256'];
  if (stated !== 'UNSIGNED-PAYLOAD' && stated !== sha256.copy().digest('hex')) {
    return 'XAmzContentSHA256Mismatch';
  }
  const checksum = headers['x-amz-checksum-sha256'];
  if (checksum !== undefined && checksum !== sha256.digest('base64')) return 'BadDigest';
  const md5 = headers['content-md5'];
  const isOther = md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64');
  return isOther ? 'BadDigest' : undefined;
}

/** The body of an error. */
export function errorXml(code: string): string {
  return code === ''
    ? ''
    : `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>about ${code}</Message><StringToSign>secret</StringToSign></Error>`;
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers });
  response.end(body);
}
