import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameHash } from '../../../src/save/names/name-hash.ts';

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
