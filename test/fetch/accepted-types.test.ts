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
  // Their first bytes decide.
  [['image/*'], undefined, true],
  [['image/*'], '', true],
  [['image/*'], 'application/octet-stream', true],
  [['image/*'], 'binary/octet-stream; name=a', true],
  [['image/*'], 'application/x-download', true],
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
  assert.throws(() => types.checkContents(undefined, undefined), {
    message: 'the file has no content type, and only image/png, image/gif is accepted',
  });
  assert.throws(() => types.checkContents('image/png', 'text/html'), {
    message:
      'the file is text/html by its first bytes, not image/png, and only image/png, image/gif is accepted',
  });
});

for (const [accepted, stated, found, isTaken] of [
  [['image/*'], 'image/jpeg', 'image/png', true],
  [['image/jpeg'], 'image/jpeg', 'image/png', false],
  [['image/jpeg'], 'image/jpeg', undefined, true],
  [['image/jpeg'], undefined, 'image/jpeg', true],
  [['image/*'], 'application/octet-stream', 'image/webp', true],
  [['image/*'], 'application/octet-stream', 'application/pdf', false],
  [['image/*'], 'application/octet-stream', undefined, false],
  [['application/octet-stream'], 'application/octet-stream', 'application/pdf', true],
  [['image/*'], 'image/jpeg', 'text/html', false],
  [['image/*'], 'image/png', 'text/plain', false],
  [['image/*'], 'image/png', 'application/zip', false],
  [['image/*'], 'image/svg+xml', 'application/xml', true],
  [['image/vnd.microsoft.icon'], 'image/vnd.microsoft.icon', 'image/x-icon', true],
  [['audio/*'], 'audio/mp4', 'video/mp4', true],
  [['application/json'], 'application/json', 'text/html', false],
  [['application/vnd.ms-excel'], 'application/vnd.ms-excel', 'application/x-cfb', true],
  [['*/*'], 'image/png', 'text/html', true],
] as const) {
  test(`AcceptedTypes: ${accepted} ${isTaken ? 'accepts' : 'refuses'} ${found} said to be ${stated}`, () => {
    const check = () => new AcceptedTypes(accepted).checkContents(stated, found);
    if (isTaken) check();
    else assert.throws(check, { reason: 'wrong-type', contentType: stated });
  });
}

for (const given of ['', 'image', '/png', 'image/', '*/png', 'a/b;q=1', 'a/b,', 'a b/c', 'ä/b']) {
  test(`AcceptedTypes: ${JSON.stringify(given)} is refused`, () => {
    assert.throws(() => new AcceptedTypes([given]), { name: 'TypeError' });
  });
}
