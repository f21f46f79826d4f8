import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFlag } from '../../src/server/flag-store.ts';
import { errorReply, flagReply, probeReply, type Reply } from '../../src/server/reply.ts';

function text({ body }: Reply): string {
  return body.toString();
}

test('flagReply gives the picture with its type, length and tag', () => {
  const { gif, etag } = findFlag('br') ?? assert.fail('there is no flag');
  assert.deepEqual(flagReply('GET', '/flags/br/br.gif'), {
    status: 200,
    headers: {
      server: 'flaghoist',
      'content-type': 'image/gif',
      'content-length': String(gif.length),
      etag,
    },
    body: gif,
  });
});

test('flagReply gives the metadata of a country as JSON', () => {
  const reply = flagReply('GET', '/flags/br/metadata.json');
  assert.equal(reply.status, 200);
  assert.equal(reply.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(text(reply)), { iso_cc: 'BR', country: 'Brazil' });
});

test('flagReply has 404 for what is not there', () => {
  for (const path of [
    '/flags/zz/zz.gif',
    '/flags/zz/metadata.json',
    '/flags/br/in.gif',
    '/flags/br/br.png',
    '/flags/BR/BR.gif',
    '/flags/br/',
    '/flags',
    '/flags/br/br.gif/',
    '/flags/../flags/br/br.gif',
    '/flags/__proto__/__proto__.gif',
  ]) {
    const reply = flagReply('GET', path);
    assert.equal(reply.status, 404, path);
    assert.equal(text(reply), '404 Not Found\n');
  }
});

test('flagReply has 405 for methods that do not read, and names those that do', () => {
  const reply = flagReply('POST', '/flags/br/br.gif');
  assert.equal(reply.status, 405);
  assert.equal(reply.headers.allow, 'GET, HEAD');
});

test('probeReply names the server and its label in one line', () => {
  const reply = probeReply('GET', 'DELAY');
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.server, 'flaghoist');
  assert.equal(text(reply), 'flaghoist DELAY server\n');
  assert.equal(probeReply('DELETE', 'DELAY').status, 405);
});

test('errorReply says its status and reason in plain text', () => {
  const reply = errorReply(503);
  assert.equal(reply.status, 503);
  assert.equal(text(reply), '503 Service Unavailable\n');
});
