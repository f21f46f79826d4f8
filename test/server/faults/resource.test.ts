import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceAt } from '../../../src/server/faults/resource.ts';

test('resourceAt: /bytes/SIZE/ is as many bytes, always the same for a path', () => {
  const one = resourceAt('/bytes/1000/a');
  assert.equal(one?.body.length, 1_000);
  assert.deepEqual(one, resourceAt('/bytes/1000/a'));
  assert.notDeepEqual(one?.body, resourceAt('/bytes/1000/b')?.body);
  assert.notEqual(one?.etag, resourceAt('/bytes/1000/b')?.etag);
  assert.equal(resourceAt('/bytes/0/a')?.body.length, 0);
});

test('resourceAt: /flags/ are the flags and their metadata', () => {
  assert.equal(resourceAt('/flags/br/br.gif')?.type, 'image/gif');
  assert.match(resourceAt('/flags/br/metadata.json')?.body.toString() ?? '', /Brazil/);
});

for (const path of ['/', '/flags/xx/xx.gif', '/bytes/100000001/a', '/bytes/x/a', '/bytes/10']) {
  test(`resourceAt: nothing at ${path}`, () => assert.equal(resourceAt(path), undefined));
}
