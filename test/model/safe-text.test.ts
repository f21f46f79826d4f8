import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableJson, safeLine } from '../../src/model/safe-text.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** What steers a terminal, or shows text as another one. */
const STEERS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** Text with a good deal of that in it. */
const steering = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u001b[2J', '\u001b]0;x\u0007', '\u009b1m', '\u007f', '\r\n', '\t', '\b'),
      fc.constantFrom(
        '\u202e',
        '\u2066',
        '\u2028',
        '\u2029',
        '\u200f',
        '\u061c',
        '\ufeff',
        '\ud83d',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

test('printable: one line that cannot steer a terminal, as safeLine', () => {
  const property = fc.property(steering, (text) => {
    for (const line of [printable(text), safeLine(text)]) {
      assert.doesNotMatch(line, STEERS);
      assert.ok(line.isWellFormed());
    }
  });
  fc.assert(property, propertyRuns(2_000));
});

test('printableJson: the same value, in characters that steer no terminal', () => {
  const property = fc.property(fc.dictionary(steering, steering), (value) => {
    const json = printableJson(JSON.stringify(value));
    assert.doesNotMatch(json, STEERS);
    assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
  });
  fc.assert(property, propertyRuns(1_000));
});

for (const [text, shown] of [
  ['from http://ann:s3cret@h/a to http:/ann:s3cret@h', 'from http://h/a to http:/h'],
  [`"http://ann:s3'cret@h/"`, '"http://h/"'],
  ['write to ann@example.org', 'write to ann@example.org'],
  ['http://h/a@b', 'http://h/a@b'],
  ['a\u001b[2Jb\u202ec\n', 'a\\x1b[2Jb\\u202ec\\n'],
] as const) {
  test(`safeLine: ${JSON.stringify(text)}`, () => {
    assert.equal(safeLine(text), shown);
  });
}
