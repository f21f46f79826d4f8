import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CancelledError, createTask } from '../../src/concurrency/index.ts';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { until } from '../server/ask.ts';
import { Body } from '../support/body.ts';
import { serveHttp } from '../support/tiny-server.ts';

interface Robots {
  readonly status?: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A site with this robots.txt, whose other files are `GIF`. */
async function serve(t: TestContext, robots: () => Robots | undefined) {
  const seen: { path: string; authorization: string | undefined; accept: string | undefined }[] =
    [];
  const server = await serveHttp(t, (request, response) => {
    const path = request.url ?? '';
    const { authorization, accept } = request.headers;
    seen.push({ path, authorization, accept });
    if (path !== '/robots.txt') {
      response.end('GIF');
      return;
    }
    const answer = robots();
    if (answer === undefined) return;
    const { status = 200, text = '', headers = {} } = answer;
    response.writeHead(status, headers).end(text);
  });
  const paths = () => seen.map(({ path }) => path);
  return { url: server.url, seen, paths };
}

function open(options: HttpOptions = {}): HttpClient {
  return new HttpClient({ robots: true, ...options });
}

async function get(client: HttpClient, url: string): Promise<string> {
  const body = new Body();
  await client.get({ url }, body, {});
  return body.text;
}

const PRIVATE = { text: 'User-agent: *\nDisallow: /private\n' };

test('HttpClient.get: asks robots.txt once for all requests to an origin', async (t) => {
  const site = await serve(t, () => PRIVATE);
  await using client = open();
  const ways = ['/a', '/b', '/private/c', '/d', '/robots.txt'];
  const ends = await Promise.allSettled(ways.map((way) => get(client, site.url + way)));
  assert.deepEqual(
    ends.map((end) => (end.status === 'fulfilled' ? 'got' : reasonOf(end.reason))),
    ['got', 'got', 'robots-txt', 'got', 'got'],
  );
  assert.equal(await get(client, `${site.url}/e`), 'GIF');
  const all = site.paths();
  assert.equal(all.filter((path) => path === '/robots.txt').length, 2, 'the list named it as well');
  assert.ok(!all.includes('/private/c'));
});

for (const [robots, what] of [
  [{ status: 404 }, 'is not there'],
  [{ status: 204 }, 'has no contents'],
  [{ status: 403 }, 'is refused'],
  [{ status: 302, headers: { location: 'ftp://a' } }, 'leads elsewhere'],
  [{ text: `Disallow\n${'#'.repeat(600_000)}\nUser-agent: *\nDisallow: /` }, 'is too long'],
] as const) {
  test(`HttpClient.get: allows all where robots.txt ${what}`, async (t) => {
    const site = await serve(t, () => robots);
    await using client = open();
    assert.equal(await get(client, `${site.url}/private`), 'GIF');
  });
}

for (const [robots, reason, message] of [
  [{ status: 503 }, 'http-503', '503 Service Unavailable for its robots.txt'],
  [{ status: 429 }, 'http-429', '429 Too Many Requests for its robots.txt'],
  [
    { text: 'no gzip', headers: { 'content-encoding': 'gzip' } },
    'encoding',
    'the content encoding "gzip" does not decode: incorrect header check (of its robots.txt)',
  ],
] as const) {
  test(`HttpClient.get: ${reason} while robots.txt cannot be had, and asks again later`, async (t) => {
    let answer: Robots = robots;
    const site = await serve(t, () => answer);
    await using client = open();
    await assert.rejects(get(client, `${site.url}/a`), (error: Error) => {
      assert.deepEqual([reasonOf(error), error.message], [reason, message]);
      return true;
    });
    assert.deepEqual(site.paths(), ['/robots.txt']);
    answer = PRIVATE;
    assert.equal(await get(client, `${site.url}/a`), 'GIF');
  });
}

test('HttpClient.get: asks the robots.txt of where a redirect leads, without credentials', async (t) => {
  const other = await serve(t, () => PRIVATE);
  const site = await serveHttp(t, (request, response) => {
    if (request.url === '/robots.txt') response.writeHead(404).end();
    else response.writeHead(302, { location: `${other.url}${request.url}` }).end();
  });
  await using client = open({ auth: { type: 'basic', username: 'me', password: 'secret' } });
  await assert.rejects(get(client, `${site.url}/private/x`), (error) => {
    return reasonOf(error) === 'robots-txt';
  });
  assert.equal(await get(client, `${site.url}/x`), 'GIF');
  assert.deepEqual(other.paths(), ['/robots.txt', '/x']);
  assert.ok(other.seen.every(({ authorization }) => authorization === undefined));
});

test('HttpClient.get: what is asked of files is not asked of robots.txt', async (t) => {
  const site = await serve(t, () => PRIVATE);
  await using client = open({ maxSize: 3, accept: ['image/*'], minSize: 3 });
  await assert.rejects(get(client, `${site.url}/private`), (error) => {
    return reasonOf(error) === 'robots-txt';
  });
  assert.equal(site.seen[0]?.accept, '*/*');
});

test('HttpClient.get: a cancelled request leaves robots.txt to the others', async (t) => {
  let answer: Robots | undefined;
  const server = await serveHttp(t, (request, response) => {
    if (request.url !== '/robots.txt') response.end('GIF');
    else void until(() => answer !== undefined).then(() => response.end(answer?.text));
  });
  await using client = open();
  const first = createTask(() => get(client, `${server.url}/a`));
  const second = createTask(() => get(client, `${server.url}/b`));
  await until(() => server.sockets.size === 1);
  first.cancel();
  await assert.rejects(first, CancelledError);
  answer = PRIVATE;
  assert.equal(await second, 'GIF');
});

test('HttpClient.get: robots-tag for a response that refuses this use', async (t) => {
  const server = await serveHttp(t, (request, response) => {
    response.setHeader('x-robots-tag', ['noindex', request.url === '/ai' ? 'all' : 'noai']);
    response.end('GIF');
  });
  await using client = new HttpClient({ respect: ['noai'] });
  assert.equal(await get(client, `${server.url}/ai`), 'GIF');
  await assert.rejects(get(client, `${server.url}/no`), (error) => {
    return reasonOf(error) === 'robots-tag';
  });
});
