import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcceptedTypes } from '../../src/fetch/accepted-types.ts';

for (const [accepted, type, isTaken] of [
  [['image/png'], 'image/png', true],
  [['image/png'], 'IMAGE/PNG; charset=binary', true],
  [['Image/PNG'], ' image/png ', true],
  [['image/png'], 'image/gif', false],
  [['image/*'], 'image/svg+xml', true],
  [['image/*'], 'imagex/png', false],
  [['image/*'], 'image', false],
  [['text/html, image/*'], 'image/gif', true],
  [['text/html', 'application/pdf'], 'application/pdf', true],
  [['*/*'], 'x/y', true],
  [['*/*'], undefined, false],
  [['image/*'], undefined, false],
  [['image/*'], '', false],
] as const) {
  test(`AcceptedTypes: ${accepted} ${isTaken ? 'accepts' : 'refuses'} ${type}`, () => {
    const check = () => new AcceptedTypes(accepted).check(type);
    if (isTaken) check();
    else assert.throws(check, { name: 'WrongTypeError', reason: 'wrong-type', contentType: type });
  });
}

test('AcceptedTypes: the error names the type that came and the types that were accepted', () => {
  const types = new AcceptedTypes(['image/png,image/gif']);
  assert.equal(types.header, 'image/png, image/gif');
  assert.throws(() => types.check('text/html'), {
    message: 'the file is text/html, and only image/png, image/gif is accepted',
  });
  assert.throws(() => types.check(undefined), {
    message: 'the file has no content type, and only image/png, image/gif is accepted',
  });
});

for (const given of ['', 'image', '/png', 'image/', '*/png', 'a/b;q=1', 'a/b,', 'a b/c', 'ä/b']) {
  test(`AcceptedTypes: ${JSON.stringify(given)} is refused`, () => {
    assert.throws(() => new AcceptedTypes([given]), { name: 'TypeError' });
  });
}
