// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Claims, ON_COLLISION } from '../../../src/save/names/claims.ts';
import { propertyRuns } from '../../support/property-runs.ts';

test('Claims: fail, unless asked otherwise', () => {
  const claims = new Claims({ directory: '/d' });
  assert.equal(claims.claim('a.gif'), 'a.gif');
  assert.throws(() => claims.claim('a.gif'), {
    name: 'NameCollisionError',
    message: /another row is saved as \/d\/a\.gif/,
  });
  assert.equal(claims.claim('x/a.gif'), 'x/a.gif');
});

test('Claims: rename counts up, past names that rows have of their own', () => {
  const claims = new Claims({ onCollision: 'rename' });
  claims.claim('x/a-2.gif');
  const names = Array.from({ length: 4 }, () => claims.claim('x/a.gif'));
  assert.deepEqual(names, ['x/a.gif', 'x/a-1.gif', 'x/a-3.gif', 'x/a-4.gif']);
  assert.equal(claims.claim('x/a-1.gif'), 'x/a-1-1.gif');
});

test('Claims: renaming 100,000 rows of one name takes no time', { timeout: 5_000 }, () => {
  const claims = new Claims({ onCollision: 'rename' });
  const names = Array.from({ length: 100_000 }, () => claims.claim('index.html'));
  assert.equal(names.at(-1), 'index-99999.html');
});

test('Claims: overwrite lets everybody have the name, skip only the first', () => {
  const overwriting = new Claims({ onCollision: 'overwrite' });
  assert.equal(overwriting.claim('a.gif'), 'a.gif');
  assert.equal(overwriting.claim('a.gif'), 'a.gif');
  const skipping = new Claims({ onCollision: 'skip' });
  skipping.claim('a.gif');
  assert.throws(() => skipping.claim('a.gif'), { name: 'SkipError', reason: 'name-skipped' });
});

test('release: the name is free again', () => {
  for (const onCollision of ON_COLLISION) {
    const claims = new Claims({ onCollision });
    claims.claim('a.gif');
    claims.release('a.gif');
    assert.equal(claims.claim('a.gif'), 'a.gif');
  }
});

test('Claims: one name is not both a file’s and a directory’s', () => {
  for (const onCollision of ['fail', 'overwrite'] as const) {
    const claims = new Claims({ onCollision });
    claims.claim('a');
    assert.throws(() => claims.claim('a/b/c.gif'), { name: 'NameCollisionError' });
    claims.claim('x/y/z.gif');
    assert.throws(() => claims.claim('x/y'), { name: 'NameCollisionError' });
    assert.throws(() => claims.claim('x'), { name: 'NameCollisionError' });
  }
  const claims = new Claims({ onCollision: 'rename' });
  claims.claim('x/y.gif');
  assert.equal(claims.claim('x'), 'x-1');
});

test('Claims: names that differ in case only are one where the file system says so', () => {
  for (const [one, other] of [
    ['A.gif', 'a.GIF'],
    ['É', 'é'],
    ['straße', 'STRASSE'],
    ['Dir/a', 'dir/A'],
  ] as const) {
    const claims = new Claims({ foldsCase: true });
    claims.claim(one);
    assert.throws(() => claims.claim(other), { name: 'NameCollisionError' });
    claims.release(one);
    claims.claim(other);
    const exact = new Claims();
    exact.claim(one);
    exact.claim(other);
  }
});

test('Claims: no two rows ever have one name, unless they may overwrite', () => {
  const names = fc.constantFrom('a', 'A', 'a-1', 'a/b', 'a-1/b', 'a.gif', 'a-1.gif', 'b/a', 'b/A');
  const steps = fc.array(fc.record({ name: names, fails: fc.boolean() }), { maxLength: 30 });
  const property = fc.property(
    steps,
    fc.constantFrom('fail', 'rename', 'skip' as const),
    fc.boolean(),
    (rows, onCollision, foldsCase) => {
      const claims = new Claims({ onCollision, foldsCase });
      const held = new Set<string>();
      for (const { name, fails } of rows) {
        let path: string;
        try {
          path = claims.claim(name);
        } catch {
          continue;
        }
        const key = foldsCase ? path.toLowerCase() : path;
        assert.ok(!held.has(key), path);
        for (const other of held) {
          assert.ok(!other.startsWith(`${key}/`) && !key.startsWith(`${other}/`), path);
        }
        held.add(key);
        if (!fails) continue;
        claims.release(path);
        held.delete(key);
      }
    },
  );
  fc.assert(property, propertyRuns(2_000));
});
