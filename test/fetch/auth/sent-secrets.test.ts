import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasSecrets, SentSecrets } from '../../../src/fetch/auth/sent-secrets.ts';
import { quoted } from '../../../src/fetch/headers.ts';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { Body } from '../../support/body.ts';
import { serveBytes, serveHttp } from '../../support/tiny-server.ts';

const BASIC = `Basic ${btoa('ann:s3cr"t-word')}`;

function masked(text: string, headers: Record<string, string>): string {
  const secrets = new SentSecrets();
  secrets.note(headers);
  const error = new Error(text);
  secrets.mask(error);
  assert.ok(error.stack?.includes(error.message));
  return error.message;
}

for (const [text, headers, expected] of [
  [`500 you sent ${BASIC}`, { authorization: BASIC }, '500 you sent ***'],
  [`500 ${BASIC.slice(6)}`, { authorization: BASIC }, '500 ***'],
  ['500 ann:s3cr"t-word', { authorization: BASIC }, '500 ***'],
  ['500 s3cr"t-word!', { authorization: BASIC }, '500 ***!'],
  ['500 s3cr%22t-word!', { authorization: BASIC }, '500 ***!'],
  ['500 tok-en-1', { authorization: 'Bearer tok-en-1' }, '500 ***'],
  ['407 Basic abcd', { 'proxy-authorization': 'Basic abcd' }, '407 ***'],
  ['500 a=1; session=abcdef', { cookie: 'a=1; session=abcdef' }, '500 ***'],
  ['500 it was abcdef', { cookie: 'a=1; session=abcdef' }, '500 it was ***'],
  ['500 1', { cookie: 'a=1; session=abcdef' }, '500 1'],
  ['500 Internal Server Error', { authorization: BASIC }, '500 Internal Server Error'],
] as const) {
  test(`SentSecrets: ${JSON.stringify(text)} becomes ${JSON.stringify(expected)}`, () => {
    assert.equal(masked(text, headers), expected);
  });
}

test('SentSecrets: masks a secret that is escaped or cut by a quotation', () => {
  const authorization = 'Bearer a-"quoted"-and-rather-long-secret';
  for (const text of [
    `not a header field: ${quoted(`x ${authorization}`)}`,
    `not a header field: ${quoted(`${'x'.repeat(25)} a-"quoted"-and-rather-long-secret`)}`,
  ]) {
    const shown = masked(text, { authorization });
    assert.match(shown, /\*\*\*/);
    assert.doesNotMatch(shown, /quoted/);
  }
});

test('SentSecrets: masks causes and parts, even in a cycle', () => {
  const secrets = new SentSecrets();
  secrets.note({ authorization: 'Bearer tok-en-1' });
  const cause: Error = new Error('tok-en-1');
  cause.cause = cause;
  const error = new AggregateError([new Error('a tok-en-1')], 'tok-en-1', { cause });
  secrets.mask(error);
  assert.deepEqual([error.message, cause.message], ['***', '***']);
  assert.deepEqual(String(error.errors[0]), 'Error: a ***');
});

test('SentSecrets.maskedUrl: a short cookie is no secret, a password is', () => {
  const secrets = new SentSecrets();
  secrets.note({ cookie: 'lang=en-US; session=abcdefgh', authorization: 'Bearer 12345' });
  assert.equal(secrets.maskedUrl('http://h/en-US/abcdefgh?12345'), 'http://h/en-US/***?***');
});

test('hasSecrets: true for the headers with secrets', () => {
  assert.equal(hasSecrets({ accept: '*/*' }), false);
  for (const name of ['authorization', 'cookie', 'proxy-authorization']) {
    assert.equal(hasSecrets({ [name]: 'x' }), true);
  }
});

const TOKEN = 'tok-en-of-the-run';

for (const [where, respond] of [
  ['a reason phrase', (sent: string) => `HTTP/1.1 500 ${sent}\r\ncontent-length: 0\r\n\r\n`],
  ['a status line', (sent: string) => `HTTP/1.1 no ${sent}\r\n\r\n`],
  ['an invalid header', (sent: string) => `HTTP/1.1 200 OK\r\n${sent}\r\n\r\n`],
  ['a length', (sent: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${sent}\r\n\r\n`],
  ['a transfer coding', (sent: string) => `HTTP/1.1 200 OK\r\ntransfer-encoding: ${sent}\r\n\r\n`],
  ['a content coding', (sent: string) => `HTTP/1.1 200 OK\r\ncontent-encoding: ${sent}\r\n\r\n`],
  [
    'a scheme',
    (sent: string) => `HTTP/1.1 302 Found\r\nlocation: ${sent}:x\r\ncontent-length: 0\r\n\r\n`,
  ],
] as const) {
  test(`HttpClient: a server that repeats a secret in ${where} does not get it into the error`, async (t) => {
    const server = await serveBytes(t, (socket) => socket.write(respond(TOKEN)));
    await using client = new HttpClient({ auth: { type: 'bearer', token: TOKEN }, decode: true });
    await assert.rejects(client.get({ url: server.url }, new Body(), {}), (error: Error) => {
      for (let each: unknown = error; each instanceof Error; each = each.cause) {
        assert.ok(!`${each.message}${each.stack}`.includes('tok-en'), each.message);
      }
      return true;
    });
  });
}

for (const [how, token] of [
  ['as it is', TOKEN],
  ['encoded', 'p@ss "w#rd"/é'],
] as const) {
  test(`HttpClient: a redirect that repeats a secret ${how} does not get it into the URL`, async (t) => {
    const locations = [`/a?${token.replace('#', '%23')}`, `/b/${encodeURIComponent(token)}/c`];
    const { url } = await serveHttp(t, ({ url: path = '' }, response) => {
      const location = locations[Number(path.slice(1))];
      if (location !== undefined) {
        response.writeHead(302, { location: Buffer.from(location).toString('latin1') });
      }
      response.end();
    });
    await using client = new HttpClient({
      auth: { type: 'basic', username: 'ann', password: token },
    });
    const heads = await Promise.all(
      locations.map((_, i) => client.get({ url: `${url}/${i}` }, new Body(), {})),
    );
    assert.deepEqual(
      heads.map(({ head }) => head.url),
      [`${url}/a?***`, `${url}/b/***/c`],
    );
  });
}

test('HttpClient: the URL of a row that has the secret in its query is as it was', async (t) => {
  const { url } = await serveHttp(t, (_, response) => response.end());
  await using client = new HttpClient({ auth: { type: 'bearer', token: TOKEN } });
  const { head } = await client.get({ url: `${url}/?${TOKEN}` }, new Body(), {});
  assert.equal(head.url, `${url}/?${TOKEN}`);
});

test('HttpClient: an ETag, type or name that repeats a secret is dropped', async (t) => {
  const server = await serveBytes(t, (socket) =>
    socket.write(
      `HTTP/1.1 200 OK\r\netag: "${TOKEN}"\r\ncontent-type: x/y\r\ncontent-length: 0\r\n` +
        `content-disposition: attachment; filename="${TOKEN}.txt"\r\n\r\n`,
    ),
  );
  await using client = new HttpClient({ auth: { type: 'bearer', token: TOKEN } });
  const { head } = await client.get({ url: server.url }, new Body(), {});
  const { etag, contentType, contentDisposition } = head;
  assert.deepEqual([etag, contentType, contentDisposition], [undefined, 'x/y', undefined]);
});
