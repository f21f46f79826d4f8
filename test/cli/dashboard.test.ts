import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { get as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { EventReader } from '../support/event-reader.ts';
import { dataIn } from '../support/stand-in-page.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { get, serveBody, serveSite, serveStatus, startGet, until } from './get-support.ts';
import {
  ended,
  type Running,
  runFlaghoist,
  startFlaghoist,
  startFlaghoistIn,
} from './run-flaghoist.ts';
import { stderrOfWrongUsage } from './wrong-usage.ts';

/** The address that the command prints for its page. */
async function addressOf({ stderr }: Running): Promise<URL> {
  for await (const line of createInterface(stderr)) {
    const [, url] =
      /^flaghoist: the run can be watched at (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32})$/.exec(
        line,
      ) ?? [];
    if (url !== undefined) return new URL(url);
  }
  throw new Error('no address was printed');
}

async function answerOf(url: URL): Promise<IncomingMessage> {
  const [response] = (await once(ask(url, { agent: false }), 'response')) as [IncomingMessage];
  return response;
}

function at(address: URL, path: string): URL {
  return new URL(`${path}${address.search}`, address);
}

test('get --dashboard: serves the page, and events that add up to the list', async (t) => {
  const directory = await temporaryDirectory(t);
  let release = () => {};
  const isWatched = new Promise<void>((resolve) => {
    release = resolve;
  });
  const site = await serveSite(t, async (...asked) => {
    await isWatched;
    serveStatus(...asked);
  });
  const url = `${site.url}/{,404/,500/}[1-20]`.replace('//127', '//ann:s3cr3t@127');
  const child = startGet(
    '--expand',
    url,
    '-d',
    directory,
    '--tree',
    '--tries',
    '1',
    '-q',
    '--dashboard',
  );
  const end = ended(child);
  const address = await addressOf(child);

  const page = await answerOf(address);
  assert.equal(page.statusCode, 200);
  assert.deepEqual(dataIn(await text(page)), { kind: 'live' });
  const events = new EventReader(await answerOf(at(address, '/events')));
  const first = await events.state();
  assert.deepEqual([first.ending, first.expected, first.directory], ['running', 60, directory]);
  assert.match(first.command, /^flaghoist get --expand 'http:\/\/127/);
  release();

  const all = await events.rest();
  const last = all.at(-1);
  assert.equal(last?.ending, 'complete');
  assert.deepEqual(last?.totals, { ok: 20, skipped: 0, 'not-found': 20, failed: 20, cancelled: 0 });
  const rows = all.filter((one) => one.index !== undefined);
  const indexes = rows.flatMap(({ index = [] }) => index).sort((a, b) => a - b);
  assert.deepEqual(
    indexes,
    Array.from({ length: 60 }, (_, i) => i),
  );
  assert.doesNotMatch(JSON.stringify([first, all]), /s3cr3t/);
  assert.deepEqual(await end, { code: 1, signal: null });
});

test('get --dashboard: a viewer that does not read does not hold up the end', async (t) => {
  const site = await serveSite(t);
  const directory = await temporaryDirectory(t);
  const child = startGet(
    '--expand',
    `${site.url}/[1-600]`,
    '-d',
    directory,
    '-m',
    '50',
    '-q',
    '--dashboard',
  );
  const end = ended(child);
  const address = await addressOf(child);
  const viewer = connect(Number(address.port), '127.0.0.1');
  viewer.pause();
  viewer.on('error', () => {});
  t.after(() => viewer.destroy());
  viewer.write(`GET /events${address.search} HTTP/1.1\r\nHost: ${address.host}\r\n\r\n`);
  assert.deepEqual(await end, { code: 0, signal: null });
  assert.equal((await readdir(directory)).length, 601);
});

test('get --dashboard: SIGINT is shown to viewers and ends the run as usual', async (t) => {
  const waiting: ServerResponse[] = [];
  const site = await serveSite(t, (_, response) => waiting.push(response));
  const directory = await temporaryDirectory(t);
  const child = startGet(`${site.url}/a`, `${site.url}/b`, '-d', directory, '-q', '--dashboard');
  const end = ended(child);
  const events = new EventReader(await answerOf(at(await addressOf(child), '/events')));
  await events.state();
  await until(async () => (waiting.length === 2 ? waiting : undefined));
  child.kill('SIGINT');
  const last = (await events.rest()).at(-1);
  assert.deepEqual([last?.ending, last?.totals?.cancelled], ['interrupted', 2]);
  assert.deepEqual(await end, { code: 130, signal: null });
});

test('get --dashboard: a port in use is one line, exit code 3 and no request', async (t) => {
  const site = await serveSite(t);
  const directory = await temporaryDirectory(t);
  const { code, stdout, stderr } = await get(
    ...[`${site.url}/a`, '-d', join(directory, 'new'), '--dashboard', String(site.port)],
  );
  assert.deepEqual([code, stdout, site.seen.length], [3, '', 0]);
  const line = `the live page cannot have port ${site.port}: it is taken; leave it out, and any that is free will do`;
  assert.equal(stderr, `flaghoist: ${line}\n`);
  assert.deepEqual(await readdir(directory), []);
});

for (const [what, args, message] of [
  [
    'before a URL',
    ['--dashboard', 'http://127.0.0.1:9/'],
    "--dashboard PORT must be a port, not 'http://127.0.0.1:9/': put --dashboard last, or --dashboard=0",
  ],
  [
    'with a port that does not exist',
    ['http://127.0.0.1:9/', '--dashboard', '65536'],
    "--dashboard PORT must be a port, not '65536': put --dashboard last, or --dashboard=0",
  ],
  [
    'with --dry-run',
    ['http://127.0.0.1:9/', '--dry-run', '--dashboard'],
    '--dry-run and --dashboard exclude each other',
  ],
] as const) {
  test(`get --dashboard: ${what} it is wrong usage`, async (t) => {
    const stderr = await stderrOfWrongUsage(t, 'get', ...args);
    assert.equal(stderr.split('\n')[0], `*** Usage error: ${message}`);
  });
}

test('retry --dashboard: is not taken over from the last get', async (t) => {
  let isMended = false;
  const site = await serveSite(t, (path, response, request) => {
    if (isMended) return serveBody(path, response, request);
    response.statusCode = 500;
    response.end();
  });
  const directory = await temporaryDirectory(t);
  const url = `${site.url}/a`;
  await get(url, '-d', directory, '--tries', '1', '-q', '--dashboard');
  const without = await runFlaghoist('retry', directory, '--silent');
  assert.deepEqual(without, { code: 1, signal: null, stdout: '', stderr: '' });

  isMended = true;
  const child = startFlaghoist('retry', directory, '-q', '--dashboard');
  const end = ended(child);
  await addressOf(child);
  assert.deepEqual(await end, { code: 0, signal: null });
});

test('flags --dashboard: serves the flags downloaded so far', async (t) => {
  const directory = await temporaryDirectory(t);
  let release: ServerResponse | undefined;
  const flag = await readFile(new URL('../../assets/flags/br.gif', import.meta.url));
  const site = await serveSite(t, (path, response) => {
    if (path.endsWith('/us.gif')) release = response;
    else response.end(flag);
  });
  const child = startFlaghoistIn(
    { cwd: directory, env: { FLAGHOIST_LOCAL: `${site.url}/flags` } },
    ...['flags', 'BR', 'US', '--dashboard'],
  );
  const end = ended(child);
  child.stdout.resume();
  const address = await addressOf(child);
  const events = new EventReader(await answerOf(at(address, '/events')));
  await events.state();
  let rows = await events.nextRows();
  assert.deepEqual([rows.index, rows.path], [[0], ['br.gif']]);
  const picture = at(address, '/file');
  picture.searchParams.set('index', '0');
  const answer = await answerOf(picture);
  assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, 'image/gif']);
  assert.deepEqual(await buffer(answer), flag);
  release?.end(flag);
  rows = await events.nextRows();
  assert.deepEqual(rows.index, [1]);
  assert.equal((await events.rest()).at(-1)?.ending, 'complete');
  assert.deepEqual(await end, { code: 0, signal: null });
});
