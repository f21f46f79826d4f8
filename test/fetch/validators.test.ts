import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionsOf, mayBeSame } from '../../src/fetch/validators.ts';

const url = 'http://h/a';
const DATE = 'Sun, 22 Nov 2026 10:00:00 GMT';

test('conditionsOf: the rest of a part, by its strong ETag', () => {
  const { headers } = conditionsOf({ url, part: { bytes: 3, etag: '"long-0123"' } }, false);
  assert.equal(headers['if-range'], '"long-0123"');
  assert.deepEqual(
    conditionsOf({ url, part: { bytes: 3, etag: '"x"', lastModified: DATE } }, false),
    {
      headers: { range: 'bytes=3-', 'if-range': '"x"' },
      offset: 3,
      hasOtherValidator: true,
    },
  );
  assert.equal(
    conditionsOf({ url, part: { bytes: 3, etag: '"x"' } }, false).hasOtherValidator,
    false,
  );
});

for (const etag of [undefined, 'W/"x"', 'x', '"x', '"x" "y"', '"x"y']) {
  test(`conditionsOf: the rest of a part, by its date when the ETag is ${etag}`, () => {
    assert.deepEqual(conditionsOf({ url, part: { bytes: 3, etag, lastModified: DATE } }, false), {
      headers: { range: 'bytes=3-', 'if-range': DATE },
      offset: 3,
      hasOtherValidator: false,
    });
  });
}

test('conditionsOf: a segment of the rest', () => {
  const segment = { end: 6, length: 9 };
  const { headers } = conditionsOf({ url, part: { bytes: 3, etag: '"x"' }, segment }, false);
  assert.deepEqual(headers, { range: 'bytes=3-5', 'if-range': '"x"' });
});

test('conditionsOf: the date when the ETag was refused', () => {
  const { headers } = conditionsOf(
    { url, part: { bytes: 3, etag: '"x"', lastModified: DATE } },
    true,
  );
  assert.equal(headers['if-range'], DATE);
});

for (const part of [
  undefined,
  { bytes: 0, etag: '"x"' },
  { bytes: 3 },
  { bytes: 3, etag: 'W/"x"' },
  { bytes: 3, lastModified: 'yesterday' },
]) {
  test(`conditionsOf: the whole file for ${JSON.stringify(part)}`, () => {
    assert.deepEqual(conditionsOf({ url, part }, false), {
      headers: {},
      offset: 0,
      hasOtherValidator: false,
    });
  });
}

test('conditionsOf: only a changed file, by both validators', () => {
  const { headers } = conditionsOf({ url, known: { etag: 'W/"x"', lastModified: DATE } }, false);
  assert.deepEqual(headers, { 'if-none-match': 'W/"x"', 'if-modified-since': DATE });
});

test('conditionsOf: only a changed file, by the known validator', () => {
  const headersFor = (known: object) => conditionsOf({ url, known }, false).headers;
  assert.deepEqual(headersFor({ etag: '"x"' }), { 'if-none-match': '"x"' });
  assert.deepEqual(headersFor({ lastModified: DATE }), { 'if-modified-since': DATE });
  assert.deepEqual(headersFor({ lastModified: 'yesterday' }), {});
});

test('conditionsOf: a part counts for more than a known version', () => {
  const { headers } = conditionsOf(
    { url, part: { bytes: 1, etag: '"x"' }, known: { etag: '"x"' } },
    false,
  );
  assert.deepEqual(headers, { range: 'bytes=1-', 'if-range': '"x"' });
});

for (const [a, b, same] of [
  [{ etag: '"x"' }, { etag: '"x"' }, true],
  [{ etag: '"x"' }, { etag: 'W/"x"' }, true],
  [{ etag: '"x"' }, { etag: '"y"' }, false],
  [{ etag: '"x"', lastModified: DATE }, { etag: '"x"', lastModified: 'other' }, true],
  [{ etag: '"xW/"' }, { etag: '"x"' }, false],
  [{ lastModified: DATE }, { lastModified: 'other' }, false],
  [{ lastModified: DATE }, { lastModified: DATE }, true],
  [{ lastModified: DATE }, {}, true],
  [{ lastModified: DATE }, { etag: '"x"' }, true],
  [{ etag: '"x"' }, { lastModified: DATE }, true],
  [{}, {}, true],
] as const) {
  test(`mayBeSame: ${JSON.stringify(a)} and ${JSON.stringify(b)}`, () => {
    assert.equal(mayBeSame(a, b), same);
  });
}
