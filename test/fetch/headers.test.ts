import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHeaders, forAnyOrigin } from '../../src/fetch/headers.ts';

test('checkHeaders: names in lower case', () => {
  assert.deepEqual(checkHeaders({ 'X-Api-Key': 'é', ACCEPT: '' }), {
    'x-api-key': 'é',
    accept: '',
  });
  assert.deepEqual(checkHeaders(undefined), {});
});

for (const [name, value] of [
  ['bad name', 'x'],
  ['', 'x'],
  ['X-Secret', 's3cret\r\nInjected: 1'],
  ['X-Secret', 's3cret\u20ac'],
  ['Content-Length', 's3cret'],
  ['Transfer-Encoding', 's3cret'],
  ['Connection', 's3cret'],
] as const) {
  test(`checkHeaders: ${JSON.stringify(name)}: ${JSON.stringify(value)} cannot be sent, nor is it shown`, () => {
    assert.throws(
      () => checkHeaders({ [name]: value }),
      (error: Error) => {
        assert.deepEqual(
          [error.name, 'reason' in error && error.reason],
          ['HeaderError', 'bad-row'],
        );
        assert.doesNotMatch(error.message, /s3cret/);
        assert.ok(error.message.includes(JSON.stringify(name)));
        return true;
      },
    );
  });
}

test('forAnyOrigin: what is for one origin stays behind', () => {
  const headers = {
    authorization: 'a',
    cookie: 'b',
    host: 'c',
    'proxy-authorization': 'd',
    accept: 'e',
  };
  assert.deepEqual(forAnyOrigin(headers), { accept: 'e' });
});
