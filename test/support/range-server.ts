import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { serveHttp } from './tiny-server.ts';

/** Bytes asked for: from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What comes of a request for a range: `number` is 1 for the first of them. */
export type OnRange = (answer: {
  readonly number: number;
  readonly range: Range;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Sends what was asked for. */
  send(headers?: Record<string, string>): void;
}) => void;

/** A server of one big file, which keeps count. */
export interface RangeServer {
  readonly url: string;
  /** The `Range` of each request, `all` where there was none. */
  readonly asked: readonly string[];
  /** Responses of ranges under way at a time, at most. */
  readonly most: number;
  /** Lets the first response go on. */
  release(): void;
}

/** So much of the first response comes at once. */
const AT_ONCE = 512 * 1024;

/**
 * Serves `data` as `/big.bin`, until the test ends. A response that has the whole of it stops after
 * half a MiB, until {@link RangeServer.release}.
 */
export async function serveRanges(
  t: TestContext,
  data: Uint8Array,
  {
    onRange = ({ send }) => send(),
    headers = {},
  }: {
    readonly onRange?: OnRange;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<RangeServer> {
  const asked: string[] = [];
  const gate = Promise.withResolvers<void>();
  let ranges = 0;
  let underWay = 0;
  let most = 0;
  const all = { 'accept-ranges': 'bytes', etag: '"1"', ...headers };
  const { url } = await serveHttp(t, (request, response) => {
    const range = rangeIn(request, data.byteLength);
    asked.push(request.headers.range ?? 'all');
    if (range === undefined) {
      response.writeHead(200, { ...all, 'content-length': data.byteLength });
      response.write(data.subarray(0, AT_ONCE));
      gate.promise.then(() => response.end(data.subarray(AT_ONCE)));
      return;
    }
    const { start, end } = range;
    most = Math.max(most, ++underWay);
    response.once('close', () => {
      if (!response.writableEnded) underWay--;
    });
    const send = (more: Record<string, string> = {}) => {
      response.writeHead(206, {
        ...all,
        'content-range': `bytes ${start}-${end - 1}/${data.byteLength}`,
        'content-length': end - start,
        ...more,
      });
      underWay--;
      response.end(data.subarray(start, end));
    };
    ranges++;
    onRange({ number: ranges, range, request, response, send });
  });
  return {
    url: `${url}/big.bin`,
    asked,
    get most() {
      return most;
    },
    release: gate.resolve,
  };
}

function rangeIn({ headers }: IncomingMessage, length: number): Range | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (first === undefined) return undefined;
  return { start: Number(first), end: last ? Number(last) + 1 : length };
}
