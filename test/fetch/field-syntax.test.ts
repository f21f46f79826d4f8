import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFieldName, isFieldValue } from '../../src/fetch/field-syntax.ts';

/** Each character that is a byte, and some that are none. */
const CHARACTERS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).concat(
  '\u0100',
  '\u2028',
  '\ud83d',
  '\uffff',
);

test('isFieldName: letters, digits and some signs, and at least one', () => {
  const signs = CHARACTERS.filter((character) => isFieldName(character));
  assert.equal(
    signs.join(''),
    "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
  );
  assert.equal(isFieldName(''), false);
  assert.equal(isFieldName(signs.join('')), true);
  // In any place.
  for (const text of [' x', 'x ', 'x:', 'x\n', '\nx', 'x\0y'])
    assert.equal(isFieldName(text), false);
});

test('isFieldValue: any bytes but control characters, a tab excepted', () => {
  for (const character of CHARACTERS) {
    const code = character.charCodeAt(0);
    const isAllowed = code === 9 || (code >= 32 && code !== 127 && code < 256);
    for (const text of [character, `a${character}`, `${character}b`, `a${character}b`]) {
      assert.equal(isFieldValue(text), isAllowed, JSON.stringify(text));
    }
  }
  assert.equal(isFieldValue(''), true);
});
