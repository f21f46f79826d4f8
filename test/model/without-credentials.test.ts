import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutCredentials } from '../../src/model/without-credentials.ts';

for (const [text, shown] of [
  ['http://ann:s3cret@h/a', 'http://h/a'],
  ['HTTPS://ann@h:8/a?b@c#d@e', 'HTTPS://h:8/a?b@c#d@e'],
  ['http://a@b:c@h', 'http://h'],
  ['http://h/a@b', 'http://h/a@b'],
  ['http://h?a@b', 'http://h?a@b'],
  ['http:/ann:s3cret@h/a', 'http:/h/a'],
  ['http:ann:s3cret@h/a', 'http:h/a'],
  ['https:\\\\ann:s3cret@h\\a@b', 'https:\\\\h\\a@b'],
  [' http://ann:s3cret@h/a', 'http://h/a'],
  ['ht\ntp://ann:s3cret@h/a', 'http://h/a'],
  ['http://ann:s3\'c "ret@h/a', 'http://h/a'],
  ['http://ann:s3/cret@h', 'http://h'],
  ['http://ann:s3#cret@h h', 'http://h h'],
  ['ftp://ann:s3 cret@h/x', 'ftp://h/x'],
  ['ann:s3cret@h/f', 'h/f'],
  ['//ann:s3cret@h/f', '//h/f'],
  ['"http://ann:s3cret@h/f"', '"http://h/f"'],
  ['<http://ann:s3cret@h/f>', '<http://h/f>'],
  ['http://a/1 http://ann:s3cret@h/f', 'http://a/1 http://h/f'],
  ['http://ann:s3cret%40h/f', 'http://h/f'],
  ['mailto:me@home', 'mailto:me@home'],
  ['me@home.gif', 'me@home.gif'],
  ['', ''],
] as const) {
  test(`withoutCredentials: ${JSON.stringify(text)}`, () => {
    assert.equal(withoutCredentials(text), shown);
  });
}
