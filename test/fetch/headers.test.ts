import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHeaders, forAnyOrigin, isFieldName, isFieldValue } from '../../src/fetch/headers.ts';

test('checkHeaders: returns names in lower case', () => {
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
  ['Range', 's3cret'],
] as const) {
  test(`checkHeaders: ${JSON.stringify(name)}: ${JSON.stringify(value)} is refused, and not shown`, () => {
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

test('forAnyOrigin: leaves out headers for one origin', () => {
  const headers = {
    authorization: 'a',
    cookie: 'b',
    host: 'c',
    'proxy-authorization': 'd',
    accept: 'e',
  };
  assert.deepEqual(forAnyOrigin(headers), { accept: 'e' });
});

/** Each byte as a character, and some characters that are not bytes. */
const CHARACTERS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).concat(
  '\u0100',
  '\u2028',
  '\ud83d',
  '\uffff',
);

test('isFieldName: accepts letters, digits and some signs, at least one', () => {
  const signs = CHARACTERS.filter((character) => isFieldName(character));
  assert.equal(
    signs.join(''),
    "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
  );
  assert.equal(isFieldName(''), false);
  assert.equal(isFieldName(signs.join('')), true);
  // At any position.
  for (const text of [' x', 'x ', 'x:', 'x\n', '\nx', 'x\0y'])
    assert.equal(isFieldName(text), false);
});

test('isFieldValue: accepts any bytes but control characters other than the tab', () => {
  for (const character of CHARACTERS) {
    const code = character.charCodeAt(0);
    const isAllowed = code === 9 || (code >= 32 && code !== 127 && code < 256);
    for (const text of [character, `a${character}`, `${character}b`, `a${character}b`]) {
      assert.equal(isFieldValue(text), isAllowed, JSON.stringify(text));
    }
  }
  assert.equal(isFieldValue(''), true);
});
