import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NameRegistry, ON_COLLISION } from '../../../src/save/names/name-registry.ts';
import { propertyRuns } from '../../support/property-runs.ts';

test('NameRegistry: a taken name fails by default', () => {
  const registry = new NameRegistry({ directory: '/d' });
  assert.equal(registry.claim('a.gif'), 'a.gif');
  assert.throws(() => registry.claim('a.gif'), {
    name: 'NameCollisionError',
    message: /another URL is saved as \/d\/a\.gif/,
  });
  assert.equal(registry.claim('x/a.gif'), 'x/a.gif');
});

test('NameRegistry: rename counts up, and skips names that other rows have', () => {
  const registry = new NameRegistry({ onCollision: 'rename' });
  registry.claim('x/a-2.gif');
  const names = Array.from({ length: 4 }, () => registry.claim('x/a.gif'));
  assert.deepEqual(names, ['x/a.gif', 'x/a-1.gif', 'x/a-3.gif', 'x/a-4.gif']);
  assert.equal(registry.claim('x/a-1.gif'), 'x/a-1-1.gif');
});

test('NameRegistry: renames 100,000 rows of one name in seconds', { timeout: 5_000 }, () => {
  const registry = new NameRegistry({ onCollision: 'rename' });
  const names = Array.from({ length: 100_000 }, () => registry.claim('index.html'));
  assert.equal(names.at(-1), 'index-99999.html');
});

test('NameRegistry: overwrite gives every row the name, skip only the first', () => {
  const overwriting = new NameRegistry({ onCollision: 'overwrite' });
  assert.equal(overwriting.claim('a.gif'), 'a.gif');
  assert.equal(overwriting.claim('a.gif'), 'a.gif');
  const skipping = new NameRegistry({ onCollision: 'skip' });
  skipping.claim('a.gif');
  assert.throws(() => skipping.claim('a.gif'), { name: 'SkipError', reason: 'name-skipped' });
});

test('NameRegistry.release: the name is free again', () => {
  for (const onCollision of ON_COLLISION) {
    const registry = new NameRegistry({ onCollision });
    registry.claim('a.gif');
    registry.release('a.gif');
    assert.equal(registry.claim('a.gif'), 'a.gif');
  }
});

test('NameRegistry: where a file and a directory have one name, the second moves', () => {
  for (const onCollision of ON_COLLISION) {
    const registry = new NameRegistry({ onCollision });
    const names = ['a', 'a/b', 'a/b/c', 'a/d', 'x/y/z', 'x/y', 'x', 'x/y/index.html'];
    assert.deepEqual(
      names.map((name) => registry.claim(name)),
      [
        'a',
        'a@/b',
        'a@/b@/c',
        'a@/d',
        'x/y/z',
        'x/y/index@.html',
        'x/index@.html',
        'x/y/index.html',
      ],
    );
  }
  const folding = new NameRegistry({ foldsCase: true });
  assert.deepEqual(
    ['Blog', 'blog/post.html', 'X/post.html', 'x'].map((name) => folding.claim(name)),
    ['Blog', 'blog@/post.html', 'X/post.html', 'x/index@.html'],
  );
});

test('NameRegistry.noteFile, noteDirectory: what is on the disk moves a row in the same way', () => {
  const registry = new NameRegistry();
  registry.noteFile('h/blog');
  registry.noteDirectory('h/news');
  assert.deepEqual(
    ['h/blog/post.html', 'h/news', 'h/blog'].map((name) => registry.claim(name)),
    ['h/blog@/post.html', 'h/news/index@.html', 'h/blog'],
  );
});

test('NameRegistry: names that differ only in case are the same with foldsCase', () => {
  for (const [one, other] of [
    ['A.gif', 'a.GIF'],
    ['É', 'é'],
    ['straße', 'STRASSE'],
    ['Dir/a', 'dir/A'],
  ] as const) {
    const registry = new NameRegistry({ foldsCase: true });
    registry.claim(one);
    const message = /is saved as .* \(this file system ignores case in names\);/;
    assert.throws(() => registry.claim(other), { name: 'NameCollisionError', message });
    registry.release(one);
    registry.claim(other);
    const exact = new NameRegistry();
    exact.claim(one);
    exact.claim(other);
  }
});

test('NameRegistry: no two rows have the same name, unless they may overwrite', () => {
  const names = fc.constantFrom('a', 'A', 'a-1', 'a/b', 'a-1/b', 'a.gif', 'a-1.gif', 'b/a', 'b/A');
  const steps = fc.array(fc.record({ name: names, fails: fc.boolean() }), { maxLength: 30 });
  const property = fc.property(
    steps,
    fc.constantFrom('fail', 'rename', 'skip' as const),
    fc.boolean(),
    (rows, onCollision, foldsCase) => {
      const registry = new NameRegistry({ onCollision, foldsCase });
      const held = new Set<string>();
      for (const { name, fails } of rows) {
        let path: string;
        try {
          path = registry.claim(name);
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
        registry.release(path);
        held.delete(key);
      }
    },
  );
  fc.assert(property, propertyRuns(2_000));
});
