import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { serveHttp } from './tiny-server.ts';

/** A range of bytes from `start` (included) to `end` (excluded). */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Answers a request for a range. `number` counts these requests from 1. */
export type OnRange = (answer: {
  readonly number: number;
  readonly range: Range;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Sends the range. */
  send(headers?: Record<string, string>): void;
}) => void;

/** A server of one big file that records its requests. */
export interface RangeServer {
  readonly url: string;
  /** The `Range` of each request; `all` if it had none. */
  readonly asked: readonly string[];
  /** The most responses with ranges that were under way at a time. */
  readonly most: number;
  /** Lets a response with the whole file go on. */
  release(): void;
}

/** How many bytes of a response with the whole file are sent at once. */
const AT_ONCE = 512 * 1024;

/**
 * Serves `data` as `/big.bin` until the test ends. A response with the whole file stops after half a MiB,
 * until {@link RangeServer.release}.
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
