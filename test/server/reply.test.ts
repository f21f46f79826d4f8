import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFlag } from '../../src/server/flag-store.ts';
import { errorReply, flagReply, probeReply, type Reply } from '../../src/server/reply.ts';

function text({ body }: Reply): string {
  return body.toString();
}

test('flagReply: the picture with its type, length and entity tag', () => {
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

test('flagReply: the metadata of a country as JSON', () => {
  const reply = flagReply('GET', '/flags/br/metadata.json');
  assert.equal(reply.status, 200);
  assert.equal(reply.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(text(reply)), { iso_cc: 'BR', country: 'Brazil' });
});

test('flagReply: 404 for other paths', () => {
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

test('flagReply: 405 for methods but GET and HEAD', () => {
  const reply = flagReply('POST', '/flags/br/br.gif');
  assert.equal(reply.status, 405);
  assert.equal(reply.headers.allow, 'GET, HEAD');
});

test('probeReply: one line with the server and its label', () => {
  const reply = probeReply('GET', 'DELAY');
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.server, 'flaghoist');
  assert.equal(text(reply), 'flaghoist DELAY server\n');
  assert.equal(probeReply('DELETE', 'DELAY').status, 405);
});

test('errorReply: the status and its reason phrase as text', () => {
  const reply = errorReply(503);
  assert.equal(reply.status, 503);
  assert.equal(text(reply), '503 Service Unavailable\n');
});
