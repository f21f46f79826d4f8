// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NameSet } from '../../../src/save/names/name-set.ts';
import { propertyRuns } from '../../support/property-runs.ts';

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
