import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutCredentials } from '../../src/model/without-credentials.ts';

for (const [text, shown] of [
  ['http://ann:s3cret@h/a', 'http://h/a'],
  ['HTTPS://ann@h:8/a?b@c#d@e', 'HTTPS://h:8/a?b@c#d@e'],
  ['http://a@b:c@h', 'http://h'],
  ['http://h/a@b', 'http://h/a@b'],
  ['http://h?a@b', 'http://h?a@b'],
  ['me@home.gif', 'me@home.gif'],
  ['', ''],
] as const) {
  test(`withoutCredentials: ${JSON.stringify(text)}`, () => {
    assert.equal(withoutCredentials(text), shown);
  });
}
