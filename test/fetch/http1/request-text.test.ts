import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestText } from '../../../src/fetch/http1/request-text.ts';

const authority = 'flags.example:8080';

test('requestText: writes a GET that keeps the connection, the host first', () => {
  const headers = { 'user-agent': 'x', accept: '*/*' };
  assert.equal(
    requestText({ target: '/a?b=c', authority, headers }),
    'GET /a?b=c HTTP/1.1\r\nhost: flags.example:8080\r\nconnection: keep-alive\r\nuser-agent: x\r\naccept: */*\r\n\r\n',
  );
});

test('requestText: a given host replaces that of the URL', () => {
  const headers = { accept: '*/*', host: 'other.example' };
  assert.equal(
    requestText({ target: '/', authority, headers }),
    'GET / HTTP/1.1\r\nhost: other.example\r\nconnection: keep-alive\r\naccept: */*\r\n\r\n',
  );
});

test('requestText: writes another method', () => {
  assert.equal(
    requestText({ target: authority, authority, headers: {} }, 'CONNECT'),
    `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\nconnection: keep-alive\r\n\r\n`,
  );
});

test('requestText: shared headers serve any host, target and method', () => {
  const headers = { accept: '*/*' };
  const rest = 'connection: keep-alive\r\naccept: */*\r\n\r\n';
  for (const [target, host, method] of [
    ['/1', 'one.example', 'GET'],
    ['/2', 'two.example', 'GET'],
    ['two.example:443', 'two.example:443', 'CONNECT'],
  ] as const) {
    const text = requestText({ target, authority: host, headers }, method);
    assert.equal(text, `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${rest}`);
  }
});

test('requestText: writes shared headers out once', () => {
  let looks = 0;
  const headers = {
    get accept() {
      looks++;
      return '*/*';
    },
  };
  const request = { target: '/', authority, headers };
  assert.equal(requestText(request), requestText(request));
  assert.equal(looks, 1);
});
