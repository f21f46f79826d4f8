// Slow: starts threads.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { download } from '../src/download.ts';
import type { DownloadOptions } from '../src/download-options.ts';
import { HeldSink } from './support/held-sink.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

const HOSTS = 50;
/** The hosts that hang have more rows than there may be requests. */
const ROWS_EACH = 20;

interface Host {
  readonly url: string;
  readonly hangs: boolean;
  inFlight: number;
  most: number;
}

/** Fifty origins. The first five accept requests and never answer. */
async function serveHosts(t: TestContext): Promise<Host[]> {
  return Promise.all(
    Array.from({ length: HOSTS }, async (_, n) => {
      const host = { url: '', hangs: n < 5, inFlight: 0, most: 0 };
      const { url } = await serveHttp(t, (_request, response) => {
        host.inFlight++;
        host.most = Math.max(host.most, host.inFlight);
        response.once('close', () => host.inFlight--);
        if (!host.hangs) response.end('GIF');
      });
      return Object.assign(host, { url });
    }),
  );
}

const LISTS = {
  interleaved: (i: number) => i % HOSTS,
  'grouped, those that hang first': (i: number) => Math.floor(i / ROWS_EACH),
  'grouped, those that hang last': (i: number) => HOSTS - 1 - Math.floor(i / ROWS_EACH),
};

/** @returns the number of files of each host, when all that can come have come */
async function run(t: TestContext, list: keyof typeof LISTS, options: Partial<DownloadOptions>) {
  const hosts = await serveHosts(t);
  const hostAt = (i: number) => hosts[LISTS[list](i)] as Host;
  const rows = Array.from({ length: HOSTS * ROWS_EACH }, (_, i) => `${hostAt(i).url}/${i}`);
  const directory = await temporaryDirectory(t);
  const sink = new HeldSink(() => false);
  const came = new Map<Host, number>();
  const answering = hosts.filter(({ hangs }) => !hangs);
  let left = answering.length * ROWS_EACH;
  for await (const { item, status } of download(rows, { directory, sink, ...options })) {
    const host = hostAt(item.index);
    assert.deepEqual([status, host.hangs], ['ok', false]);
    came.set(host, (came.get(host) ?? 0) + 1);
    if (--left === 0) break;
  }
  assert.ok(answering.every((host) => came.get(host) === ROWS_EACH));
  return hosts;
}

for (const list of Object.keys(LISTS) as (keyof typeof LISTS)[]) {
  test(`download: 5 of 50 hosts never answer, and all rows of the others come: ${list}`, async (t) => {
    const hosts = await run(t, list, { maxRequests: 64, maxRequestsPerOrigin: 4 });
    assert.ok(hosts.every(({ most }) => most <= 4));
  });
}

test('download: 5 of 50 hosts never answer, and all rows of the others come: no limit for each', async (t) => {
  await run(t, 'interleaved', { maxRequests: 64 });
});
