import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceAt } from '../../../src/server/faults/resource.ts';
import { loadFlags } from '../../../src/server/flag-store.ts';

const at = (path: string) => resourceAt(path, loadFlags());

test('resourceAt: so many bytes, always the same, and others elsewhere', () => {
  const one = at('/bytes/1000/a');
  assert.equal(one?.body.length, 1_000);
  assert.deepEqual(one, at('/bytes/1000/a'));
  assert.notDeepEqual(one?.body, at('/bytes/1000/b')?.body);
  assert.notEqual(one?.etag, at('/bytes/1000/b')?.etag);
  assert.equal(at('/bytes/0/a')?.body.length, 0);
});

test('resourceAt: the flags', () => {
  assert.equal(at('/flags/br/br.gif')?.type, 'image/gif');
  assert.match(at('/flags/br/metadata.json')?.body.toString() ?? '', /Brazil/);
});

for (const path of ['/', '/flags/xx/xx.gif', '/bytes/100000001/a', '/bytes/x/a', '/bytes/10']) {
  test(`resourceAt: nothing at ${path}`, () => assert.equal(at(path), undefined));
}
