import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoted } from '../../src/source/bad-value.ts';

test('quoted: keeps printable text, and writes out control characters', () => {
  for (const text of ['a b', 'é€😀', '"\\']) assert.equal(quoted(text), `"${text}"`);
  assert.equal(quoted('a\n'), '"a\\n"');
});

test('quoted: cuts a value after 80 characters', () => {
  assert.equal(quoted('x'.repeat(80)), `"${'x'.repeat(80)}"`);
  assert.equal(quoted('x'.repeat(81)), `"${'x'.repeat(80)}…"`);
});
