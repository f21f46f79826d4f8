import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import { Body } from '../support/body.ts';
import { type DigestGuardOptions, digestGuard } from '../support/digest-server.ts';
import { serveHttp } from '../support/tiny-server.ts';
import { withReason } from '../support/with-reason.ts';

const ANN: HttpOptions = { auth: { type: 'basic', username: 'ann', password: 's3cret' } };

async function guarded(t: TestContext, options?: DigestGuardOptions) {
  const { onRequest, said } = digestGuard((_, response) => response.end('body'), options);
  return { ...(await serveHttp(t, onRequest)), said };
}

async function get(client: HttpClient, url: string): Promise<string> {
  const body = new Body();
  await client.get({ url }, body, {});
  return body.text;
}

const schemes = (said: readonly (string | undefined)[]) => said.map((one) => one?.split(' ', 1)[0]);

for (const algorithm of ['MD5', 'SHA-256', 'MD5-sess'] as const) {
  test(`HttpClient.get: answers a challenge by ${algorithm} once, and then at once`, async (t) => {
    const server = await guarded(t, { algorithm });
    await using client = new HttpClient(ANN);
    for (const path of ['/a', '/b?c=d', '/e']) {
      assert.equal(await get(client, server.url + path), 'body');
    }
    assert.deepEqual(schemes(server.said), ['Basic', 'Digest', 'Digest', 'Digest']);
    assert.match(server.said[3] ?? '', /nc=00000003/);
  });
}

test('HttpClient.get: answers Digest when Basic comes first and was refused', async (t) => {
  const server = await guarded(t, { also: 'Basic realm="files"' });
  await using client = new HttpClient(ANN);
  assert.equal(await get(client, server.url), 'body');
});

test('HttpClient.get: replaces a nonce that was used up', async (t) => {
  const server = await guarded(t, { nonceUses: 2 });
  await using client = new HttpClient(ANN);
  for (let i = 0; i < 5; i++) assert.equal(await get(client, server.url), 'body');
  assert.equal(server.said.length, 8);
});

test('HttpClient.get: tries a wrong password once, also for the next request', async (t) => {
  const server = await guarded(t);
  await using client = new HttpClient({ auth: { type: 'basic', username: 'ann', password: 'x' } });
  await assert.rejects(get(client, server.url), withReason('http-401'));
  assert.deepEqual(schemes(server.said), ['Basic', 'Digest']);
});

test('HttpClient.get: gives up when every nonce is too old', async (t) => {
  const server = await guarded(t, { nonceUses: 0 });
  await using client = new HttpClient(ANN);
  await assert.rejects(get(client, server.url), withReason('http-401'));
  assert.deepEqual(schemes(server.said), ['Basic', 'Digest', 'Digest']);
});

test('HttpClient.get: concurrent requests share a challenge, each with its own count', async (t) => {
  const server = await guarded(t);
  await using client = new HttpClient(ANN, { maxConnections: 10 });
  const paths = Array.from({ length: 30 }, (_, i) => `${server.url}/${i}`);
  const bodies = await Promise.all(paths.map((url) => get(client, url)));
  assert.ok(bodies.every((body) => body === 'body'));
});

test('HttpClient.get: the users of a URL and of .netrc answer a challenge as well', async (t) => {
  const server = await guarded(t);
  await using plain = new HttpClient({});
  assert.equal(await get(plain, server.url.replace('//', '//ann:s3cret@')), 'body');
  await using client = new HttpClient({ netrc: 'machine 127.0.0.1 login ann password s3cret' });
  assert.equal(await get(client, server.url), 'body');
});

test('HttpClient.get: answers no challenge without a user, with a token, or with a given header', async (t) => {
  for (const options of [
    {},
    { auth: { type: 'bearer', token: 't' } },
    { ...ANN, headers: { Authorization: 'Basic x' } },
  ] as const) {
    const server = await guarded(t);
    await using client = new HttpClient(options);
    await assert.rejects(get(client, server.url), withReason('http-401'));
    assert.equal(server.said.length, 1);
  }
});

test('HttpClient.get: answers no challenge of another origin after a redirect', async (t) => {
  const stranger = await guarded(t);
  const { onRequest } = digestGuard((_, response) =>
    response.writeHead(302, { location: stranger.url }).end(),
  );
  const home = await serveHttp(t, onRequest);
  await using client = new HttpClient(ANN);
  await assert.rejects(get(client, home.url), withReason('http-401'));
  assert.deepEqual(stranger.said, [undefined]);
});
