import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admit } from '../../src/dashboard/access.ts';

const ACCESS = { port: 8123, token: 'secret' };

function ask(host: string | undefined, url: string, method = 'GET', access = ACCESS) {
  const asked = admit({ method, url, headers: { host } }, access);
  return typeof asked === 'number' ? asked : `${asked.path} ${asked.query.get('index')}`;
}

for (const host of ['127.0.0.1:8123', 'localhost:8123']) {
  test(`admit: a request with the token may name ${host}`, () => {
    assert.equal(ask(host, '/?token=secret'), '/ null');
    assert.equal(ask(host, '/file?index=3&token=secret', 'HEAD'), '/file 3');
  });
}

for (const host of [
  ...[undefined, '', '127.0.0.1', 'localhost', '127.0.0.1:80', 'evil.example', 'evil.example:8123'],
  ...['localhost:8123.evil.example', '127.0.0.1:81234', 'x@127.0.0.1:8123', '[::1]:8123'],
]) {
  test(`admit: not under the name ${host}, token or not`, () => {
    assert.equal(ask(host, '/?token=secret'), 403);
  });
}

for (const url of ['/', '/?token=', '/?token=secre', '/?token=secrets', '/events?Token=secret']) {
  test(`admit: not with ${url}`, () => {
    assert.equal(ask('127.0.0.1:8123', url), 403);
    assert.equal(ask('127.0.0.1:8123', url, 'POST'), 403);
  });
}

for (const url of ['//evil.example/?token=secret', 'http://evil.example/events?token=secret']) {
  test(`admit: the host within ${url} is not asked`, () => {
    assert.match(String(ask('127.0.0.1:8123', url)), /^\/(?:events)? null$/);
  });
}

for (const url of ['http://[/?token=secret', '//[']) {
  test(`admit: ${url} is no URL`, () => {
    assert.equal(ask('127.0.0.1:8123', url), 403);
  });
}

for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'get', undefined]) {
  test(`admit: nothing can be done with ${method}`, () => {
    const asked = admit(
      { method, url: '/?token=secret', headers: { host: 'localhost:8123' } },
      ACCESS,
    );
    assert.equal(asked, 405);
  });
}

test('admit: at port 80 the name stands alone', () => {
  assert.equal(ask('127.0.0.1', '/?token=secret', 'GET', { ...ACCESS, port: 80 }), '/ null');
});
