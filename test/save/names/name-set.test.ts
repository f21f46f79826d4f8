import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NameHash, NameSet } from '../../../src/save/names/name-set.ts';
import { propertyRuns } from '../../support/property-runs.ts';

// Slow: seconds of computation.

test('NameSet: behaves like a Set of strings', () => {
  const steps = fc.array(
    fc.record({ name: fc.string({ maxLength: 3, unit: 'binary' }), takeOut: fc.boolean() }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const names = new NameSet();
      const model = new Set<string>();
      for (const { name, takeOut } of all) {
        assert.equal(names.has(name), model.has(name));
        if (takeOut) {
          names.delete(name);
          model.delete(name);
        } else {
          assert.equal(names.add(name), !model.has(name));
          model.add(name);
        }
      }
    }),
    propertyRuns(),
  );
});

test('NameSet: tells 200,000 similar names apart, also after it has grown', () => {
  const names = new NameSet();
  for (let i = 0; i < 200_000; i++) assert.ok(names.add(`picture-${i}.jpg`));
  for (let i = 0; i < 200_000; i++) assert.ok(names.has(`picture-${i}.jpg`));
  for (let i = 200_000; i < 400_000; i++) assert.ok(!names.has(`picture-${i}.jpg`));
});

test('NameSet: a deleted name can be added again, any number of times', () => {
  const names = new NameSet();
  for (let i = 0; i < 10_000; i++) {
    assert.ok(names.add('a'));
    names.delete('a');
  }
  assert.ok(!names.has('a'));
});

const KEY = Uint32Array.of(0x03020100, 0x07060504);

function hashOf(name: string, hash = new NameHash(KEY)): string {
  hash.update(name);
  return `${hash.high} ${hash.low}`;
}

test('NameHash: depends on the name and the key only', () => {
  assert.equal(hashOf('a.gif'), hashOf('a.gif'));
  assert.notEqual(hashOf('a.gif'), hashOf('a.gif', new NameHash(Uint32Array.of(1, 2))));
  assert.notEqual(hashOf('a.gif', new NameHash()), hashOf('a.gif', new NameHash()));
});

test('NameHash: changing one bit or the length of a name changes half of the bits', () => {
  const name = 'directory/picture-0001.jpg';
  const others = [...name].map((character, i) => {
    const changed = String.fromCharCode(character.charCodeAt(0) ^ 1);
    return name.slice(0, i) + changed + name.slice(i + 1);
  });
  for (const other of [...others, name.slice(1), `${name}\0`, `${name}\uffff`]) {
    const [a, b] = [hashOf(name), hashOf(other)].map((text) => text.split(' ').map(Number));
    const bits = [0, 1].map((i) => ((a?.[i] ?? 0) ^ (b?.[i] ?? 0)) >>> 0).map((n) => n.toString(2));
    const differing = bits.join('').replaceAll('0', '').length;
    assert.ok(differing > 14 && differing < 50, `${other}: ${differing} bits`);
  }
});

test('NameHash: nearly all of 100,000 similar names differ in half of the hash', () => {
  const halves = new Set<number>();
  const hash = new NameHash(KEY);
  for (let i = 0; i < 100_000; i++) {
    hash.update(`picture-${i}.jpg`);
    halves.add(hash.low);
  }
  // Of so many random words of 32 bits one pair is alike.
  assert.ok(halves.size > 99_990, `${halves.size} different ones`);
});
