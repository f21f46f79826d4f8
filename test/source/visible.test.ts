import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quoted, visible } from '../../src/source/visible.ts';
import { propertyRuns } from '../support/property-runs.ts';

test('visible: leaves printable text as it is', () => {
  for (const text of ['a b', 'é€😀', '"\\']) assert.equal(visible(text), text);
});

test('visible: writes out what steers a terminal, breaks a line or turns the text around', () => {
  assert.equal(visible('a\tb\r\n'), 'a\\tb\\r\\n');
  assert.equal(visible('\x1b[31m\x7f\x9b'), '\\x1b[31m\\x7f\\x9b');
  assert.equal(visible('\u202egpj\u2028\ufeff'), '\\u202egpj\\u2028\\ufeff');
  assert.equal(visible('\ud83d|\ude00'), '\\ud83d|\\ude00');
});

test('visible: makes one printable line of anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(visible(text), /[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
    propertyRuns(),
  );
});

test('quoted: cuts what is too long for a message', () => {
  assert.equal(quoted('a\n'), '"a\\n"');
  assert.equal(quoted('x'.repeat(81)), `"${'x'.repeat(80)}…"`);
});
