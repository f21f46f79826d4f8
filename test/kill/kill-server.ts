import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file on the server. */
export interface Served {
  readonly path: string;
  readonly body: Buffer;
  readonly etag: string;
}

const LARGEST = 2_000_000;

/** All bodies are slices of this; no two slices are equal. */
const POOL = poolOf(2 * LARGEST);

/** Bodies as in a real list: most are small, some are too long to be kept in memory. */
export function bodiesOf(count: number, random: () => number): Served[] {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor(random() * LARGEST);
    const body = POOL.subarray(start, start + sizeOf(random));
    return { path: `/${i}`, body, etag: `"${i}-${start}"` };
  });
}

/** 1 kB to 2 MB; one in ten is too long to be kept in memory. */
function sizeOf(random: () => number): number {
  const kind = random();
  const [least, most] =
    kind < 0.9 ? [1_000, 30_000] : kind < 0.99 ? [70_000, 300_000] : [500_000, LARGEST];
  return Math.floor(least + random() * (most - least));
}

function poolOf(bytes: number): Buffer {
  const pool = Buffer.alloc(bytes);
  for (let at = 0, block = 0; at < bytes; at += 32, block++) {
    Buffer.from(hash('sha256', String(block)), 'hex').copy(pool, at);
  }
  return pool;
}

/** Serves the bodies with ranges and validators, and remembers the requests. */
export class KillServer implements AsyncDisposable {
  readonly #files: ReadonlyMap<string, Served>;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #asked: string[] = [];
  #onRequest: (() => void) | undefined;
  /** How many requests asked for the rest of a file. */
  ranges = 0;

  private constructor(files: readonly Served[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  static async start(files: readonly Served[]): Promise<KillServer> {
    const server = new KillServer(files);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets earlier requests. @param onRequest called for each request from now on */
  begin(onRequest: () => void): void {
    this.#asked = [];
    this.#onRequest = onRequest;
  }

  /** The paths requested since {@link begin}. */
  get asked(): readonly string[] {
    return this.#asked;
  }

  #answer({ url: path = '', headers }: IncomingMessage, response: ServerResponse): void {
    this.#asked.push(path);
    this.#onRequest?.();
    const file = this.#files.get(path);
    if (file === undefined) return void response.writeHead(404).end();
    const { body, etag } = file;
    const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
    if (from === undefined || headers['if-range'] !== etag) {
      response.writeHead(200, { etag, 'content-length': body.length }).end(body);
      return;
    }
    this.ranges++;
    const start = Number(from);
    const range = `bytes ${start}-${body.length - 1}/${body.length}`;
    const length = body.length - start;
    response.writeHead(206, { etag, 'content-length': length, 'content-range': range });
    response.end(body.subarray(start));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
