// Slow: starts threads.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { download } from '../src/download.ts';
import type { DownloadOptions } from '../src/download-options.ts';
import { propertyRuns } from './support/property-runs.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { serveHttp } from './support/tiny-server.ts';

const LENGTH = 2_000_000;
const FILE = bytesOf(LENGTH, 1);
const HALF = LENGTH / 2;
const ETAG = { etag: '"1"' };

function bytesOf(length: number, seed: number): Buffer {
  const words = Uint32Array.from({ length: length / 4 }, (_, i) => (i + seed) * 2654435761);
  return Buffer.from(words.buffer);
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Sends a part of a body, or nothing, and ends the connection. */
function breakOff(response: ServerResponse, piece: Buffer): void {
  response.flushHeaders();
  response.write(piece);
  response.socket?.end();
}

/** Announces the whole file, and sends half of it. */
const cutInHalf: Answer = (_, response) => {
  response.writeHead(200, { ...ETAG, 'content-length': LENGTH });
  breakOff(response, FILE.subarray(0, HALF));
};

const sendAll: Answer = (_, response) => {
  response.writeHead(200, { ...ETAG, 'content-length': LENGTH }).end(FILE);
};

function sendSecondHalf(status: number, headers: Record<string, string>): Answer {
  return (_, response) =>
    response.writeHead(status, { ...ETAG, ...headers }).end(FILE.subarray(HALF));
}

/** One row, and a server with an answer for each request; the last one is repeated. */
async function setUp(t: TestContext, ...answers: Answer[]) {
  const directory = await temporaryDirectory(t);
  const asked: string[] = [];
  const server = await serveHttp(t, (request, response) => {
    asked.push(request.headers.range ?? 'all');
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  const run = async (options: Partial<DownloadOptions> = {}) => {
    const rows = download([`${server.url}/f`], {
      directory,
      ledger: true,
      retryMaxWait: 1,
      ...options,
    });
    const [outcome] = await Array.fromAsync(rows);
    assert.ok(outcome);
    return outcome;
  };
  const isSaved = async () => {
    const saved = await readFile(join(directory, 'f')).catch(() => undefined);
    if (saved !== undefined) assert.ok(saved.equals(FILE), `${saved.length} other bytes`);
    return saved !== undefined;
  };
  return { asked, run, isSaved };
}

for (const [begins, ending] of [
  ['<!doctype html><p>Please log in', 'failed wrong-type'],
  ['GIF89a\x01\x00\x01\x00', 'ok'],
] as const) {
  test(`download: with accept, a part that an earlier run left of ${JSON.stringify(begins)} is ${ending}`, async (t) => {
    const body = Buffer.alloc(400_000, begins);
    const half = body.length / 2;
    const headers = { ...ETAG, 'content-type': 'image/gif' };
    const { asked, run } = await setUp(
      t,
      (_, response) => {
        response.writeHead(200, { ...headers, 'content-length': body.length });
        breakOff(response, body.subarray(0, half));
      },
      (_, response) => {
        const range = `bytes ${half}-${body.length - 1}/${body.length}`;
        response.writeHead(206, { ...headers, 'content-range': range }).end(body.subarray(half));
      },
    );
    assert.equal((await run({ tries: 1 })).reason, 'truncated');
    const { status, reason } = await run({ tries: 1, accept: ['image/*'] });
    assert.equal([status, reason].join(' ').trim(), ending);
    assert.deepEqual(asked, ['all', `bytes=${half}-`]);
  });
}

for (const [what, status, headers] of [
  ['a 200 with Content-Range', 200, { 'content-range': `bytes ${HALF}-${LENGTH - 1}/${LENGTH}` }],
  ['a 206 without a total', 206, { 'content-range': `bytes ${HALF}-${LENGTH - 1}` }],
] as const) {
  test(`download: ${what} that fits is the rest of the file`, async (t) => {
    const { asked, run, isSaved } = await setUp(t, cutInHalf, sendSecondHalf(status, headers));
    assert.equal((await run()).status, 'ok');
    assert.ok(await isSaved());
    assert.deepEqual(asked, ['all', `bytes=${HALF}-`]);
  });
}

for (const [what, status, headers] of [
  ['a 200 of the same ETag that is shorter', 200, { 'content-length': `${HALF}` }],
  ['a 200 in chunks', 200, {}],
  [
    'a 206 of the same ETag and another total',
    206,
    { 'content-range': `bytes ${HALF}-1999999/2000001` },
  ],
  ['a 206 that begins elsewhere', 206, { 'content-range': 'bytes 0-999999/2000000' }],
] as const) {
  test(`download: ${what} is refused, and the whole file is requested`, async (t) => {
    const { asked, run, isSaved } = await setUp(
      t,
      cutInHalf,
      sendSecondHalf(status, headers),
      sendAll,
    );
    assert.equal((await run()).status, 'ok');
    assert.ok(await isSaved());
    assert.deepEqual(asked, ['all', `bytes=${HALF}-`, 'all']);
  });
}

test('download: half a file sent as the whole of the same version fails the row', async (t) => {
  const half = sendSecondHalf(200, { 'content-length': `${HALF}` });
  const { asked, run, isSaved } = await setUp(t, cutInHalf, half);
  const { status, reason } = await run();
  assert.deepEqual([status, reason, await isSaved()], ['failed', 'range', false]);
  assert.deepEqual(asked, ['all', `bytes=${HALF}-`, 'all']);
  // The version is known as long as the part is there.
  assert.deepEqual([(await run()).reason, await isSaved()], ['range', false]);
});

for (const [what, answer] of [
  [
    'a 206 with all of the file',
    (_, response) => {
      const headers = { ...ETAG, 'content-range': `bytes 0-${LENGTH - 1}/${LENGTH}` };
      response.writeHead(206, headers).end(FILE);
    },
  ],
  [
    'a 200 with the beginning of the file, and then the rest',
    ({ headers: { range = 'bytes=0-' } }, response) => {
      const first = Number(range.slice('bytes='.length, -1));
      const end = Math.min(LENGTH, first + 65_536);
      const headers = { ...ETAG, 'content-range': `bytes ${first}-${end - 1}/${LENGTH}` };
      response.writeHead(200, headers).end(FILE.subarray(first, end));
    },
  ],
] as [string, Answer][]) {
  test(`download: an unasked ${what} is the file`, async (t) => {
    const { run, isSaved } = await setUp(t, answer);
    assert.equal((await run({ tries: 1 })).status, 'ok');
    assert.ok(await isSaved());
  });
}

test('download: an unasked 206 without the length of the file fails the row', async (t) => {
  const { run, isSaved } = await setUp(t, (_, response) => {
    response.writeHead(206, { ...ETAG, 'content-range': 'bytes 0-65535/*' });
    response.end(FILE.subarray(0, 65_536));
  });
  assert.equal((await run()).reason, 'range');
  assert.equal(await isSaved(), false);
});

for (const status of [403, 404, 405, 416, 500, 501, 503]) {
  test(`download: a ${status} to a range says nothing about the file`, async (t) => {
    const { asked, run, isSaved } = await setUp(t, cutInHalf, (request, response) => {
      if (request.headers.range === undefined) sendAll(request, response);
      else response.writeHead(status).end();
    });
    assert.equal((await run()).status, 'ok');
    assert.ok(await isSaved());
    assert.equal(asked.at(-1), 'all');
  });
}

test('download: a part outlives a refused range until the new body begins', async (t) => {
  const down: Answer = (_, response) => response.writeHead(500).end();
  const { run, isSaved, asked } = await setUp(t, cutInHalf, down, down, (request, response) => {
    assert.equal(request.headers.range, `bytes=${HALF}-`);
    const headers = { 'content-range': `bytes ${HALF}-${LENGTH - 1}/${LENGTH}` };
    sendSecondHalf(206, headers)(request, response);
  });
  assert.equal((await run({ tries: 1 })).reason, 'truncated');
  assert.equal((await run({ tries: 1 })).reason, 'http-500');
  assert.deepEqual(asked, ['all', `bytes=${HALF}-`, 'all']);
  assert.equal((await run()).status, 'ok');
  assert.ok(await isSaved());
});

test('download: a try that brought bytes is not counted', async (t) => {
  const slices: Answer = ({ headers: { range = 'bytes=0-' } }, response) => {
    const first = Number(range.slice('bytes='.length, -1));
    const headers = { ...ETAG, 'content-length': LENGTH - first };
    const content = { 'content-range': `bytes ${first}-${LENGTH - 1}/${LENGTH}` };
    response.writeHead(first === 0 ? 200 : 206, first === 0 ? headers : { ...headers, ...content });
    breakOff(response, FILE.subarray(first, first + 100_000));
  };
  const { run, isSaved } = await setUp(t, slices);
  const { status, attempts } = await run({ tries: 2 });
  assert.deepEqual([status, attempts], ['ok', 20]);
  assert.ok(await isSaved());
});

test('download: single bytes do not count as progress for ever', async (t) => {
  const { run, asked } = await setUp(t, ({ headers: { range = 'bytes=0-' } }, response) => {
    const first = Number(range.slice('bytes='.length, -1));
    const content = { 'content-range': `bytes ${first}-${first}/${LENGTH}` };
    response.writeHead(206, { ...ETAG, ...content }).end(FILE.subarray(first, first + 1));
  });
  assert.equal((await run({ tries: 2 })).reason, 'truncated');
  assert.ok(asked.length < 1_100, `${asked.length} requests`);
});

/** How a server of the property test answers one request, rightly or wrongly. */
interface Move {
  /** The status of the answer to a range; `all` for the whole file. */
  readonly range: '206' | '200' | '200 untold' | '403' | '503' | 'all' | 'capped';
  readonly isChunked: boolean;
  /** The share of the body after which the connection ends. */
  readonly cut: number;
  /** The announced total is one too many. */
  readonly isTotalWrong: boolean;
  /** From now on the file is another one. */
  readonly isNewVersion: boolean;
}

const MOVE: fc.Arbitrary<Move> = fc.record({
  range: fc.constantFrom('206', '206', '200', '200 untold', '403', '503', 'all', 'capped'),
  isChunked: fc.boolean(),
  cut: fc.constantFrom(1, 1, 0, 0.3, 0.9),
  isTotalWrong: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  isNewVersion: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

const VALIDATORS = {
  strong: (version: number) => ({ etag: `"${version}"` }),
  weak: (version: number) => ({ etag: `W/"${version}"` }),
  date: (version: number) => ({ 'last-modified': new Date(version * 86_400_000).toUTCString() }),
  none: () => ({}),
} as const;

const VERSIONS = [bytesOf(300_000, 1), bytesOf(260_000, 7)] as const;

/** Answers by `moves`. The last one is honest. */
function mover(moves: Move[], validators: keyof typeof VALIDATORS): Answer {
  let version = 0;
  return ({ headers }, response) => {
    const move = moves.shift();
    if (move?.isNewVersion) version = 1 - version;
    const file = VERSIONS[version] as Buffer;
    const tags = VALIDATORS[validators](version);
    const condition = headers['if-range'];
    const isSame = condition === undefined || Object.values(tags).includes(condition);
    const first = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const kind = first > 0 && isSame && first < file.length ? (move?.range ?? '206') : 'all';
    if (kind === '403' || kind === '503') {
      response.writeHead(Number(kind)).end();
      return;
    }
    const from = kind === 'all' ? 0 : first;
    const end = kind === 'capped' ? Math.min(file.length, from + 50_000) : file.length;
    const total = file.length + (move?.isTotalWrong && kind !== 'all' ? 1 : 0);
    const isTold = kind !== 'all' && kind !== '200 untold';
    const body = file.subarray(from, end);
    response.writeHead(kind === '206' || kind === 'capped' ? 206 : 200, {
      ...tags,
      ...(isTold ? { 'content-range': `bytes ${from}-${end - 1}/${total}` } : {}),
      ...(move?.isChunked ? {} : { 'content-length': body.length }),
    });
    const sent = Math.floor(body.length * (move?.cut ?? 1));
    if (sent === body.length) response.end(body);
    else breakOff(response, body.subarray(0, sent));
  };
}

test('download: for any answers to ranges, the bytes are right or the row fails', async (t) => {
  let answer: Answer = sendAll;
  const { url } = await serveHttp(t, (request, response) => answer(request, response));
  const outer = await temporaryDirectory(t);
  let runs = 0;
  const names = fc.constantFrom(...(Object.keys(VALIDATORS) as (keyof typeof VALIDATORS)[]));
  const script = fc.tuple(fc.array(MOVE, { minLength: 1, maxLength: 8 }), names);
  await fc.assert(
    fc.asyncProperty(script, async ([moves, validators]) => {
      const directory = join(outer, String(runs++));
      answer = mover([...moves], validators);
      for (let again = 0; again < 2; again++) {
        const rows = download([`${url}/f`], { directory, ledger: true, retryMaxWait: 1, tries: 2 });
        const [outcome] = await Array.fromAsync(rows);
        const files = (await readdir(directory)).filter((name) => name !== '.flaghoist');
        if (outcome?.status === 'failed') {
          assert.deepEqual(files, []);
        } else {
          const saved = await readFile(join(directory, 'f'));
          assert.ok(
            VERSIONS.some((version) => version.equals(saved)),
            `${saved.length} bytes`,
          );
        }
      }
    }),
    propertyRuns(15),
  );
});
