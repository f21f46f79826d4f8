import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from '../../src/server/loopback.ts';

/** What stands for https://example.com when the commands of the documents are run. */
export interface ExampleSite extends AsyncDisposable {
  /** `http://localhost:PORT`. */
  readonly url: string;
}

/**
 * Starts it. A file whose name begins with `missing` is not there (404), `flaky` is busy once (503, try
 * again at once), and any other file is there and always the same.
 */
export async function startExampleSite(): Promise<ExampleSite> {
  const seen = new Set<string>();
  const listener = await listenOnLoopback(
    (request, response) => answer(request, response, seen),
    0,
  );
  return {
    url: `http://localhost:${listener.port}`,
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

function answer({ url = '/' }: IncomingMessage, response: ServerResponse, seen: Set<string>): void {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const isFirst = !seen.has(url);
  seen.add(url);
  if (name.startsWith('missing')) {
    response.writeHead(404).end();
  } else if (name.startsWith('flaky') && isFirst) {
    response.writeHead(503, { 'Retry-After': '0' }).end();
  } else {
    const body = bodyOf(name);
    response.writeHead(200, {
      'Content-Length': body.length,
      'Content-Type': typeOf(name),
      ETag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`,
      'Last-Modified': 'Fri, 01 May 2026 12:00:00 GMT',
    });
    response.end(body);
  }
}

/** 12 to 60 kB, by the name. */
function bodyOf(name: string): Buffer {
  const [first = 0] = createHash('sha256').update(name).digest();
  return Buffer.from(`${name}\n`.repeat(Math.ceil((12_000 + first * 188) / (name.length + 1))));
}

function typeOf(name: string): string {
  if (/\.(jpe?g|JPG)$/.test(name)) return 'image/jpeg';
  return name.endsWith('.html') ? 'text/html' : 'application/octet-stream';
}
