import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LinkedEntry, LinkedList } from '../../../src/fetch/transport/linked-list.ts';
import { propertyRuns } from '../../support/property-runs.ts';

test('LinkedList: behaves like an array', () => {
  const step = fc.tuple(fc.constantFrom('append', 'remove', 'take'), fc.nat({ max: 7 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const list = new LinkedList<number>();
      const entries = Array.from({ length: 8 }, (_, i) => new LinkedEntry(i));
      let model: number[] = [];
      for (const [what, i] of steps) {
        const entry = entries[i] as LinkedEntry<number>;
        const isIn = model.includes(i);
        if (what === 'take') assert.equal(list.take()?.value, model.shift());
        else if (what === 'remove') {
          assert.equal(list.remove(entry), isIn);
          model = model.filter((each) => each !== i);
        } else if (!isIn) {
          list.append(entry);
          model.push(i);
        }
        assert.deepEqual([list.first?.value, list.last?.value], [model[0], model.at(-1)]);
      }
    }),
    propertyRuns(),
  );
});

test('LinkedList: does not touch entries of another list', () => {
  const [one, two] = [new LinkedList<number>(), new LinkedList<number>()];
  const entry = new LinkedEntry(1);
  one.append(entry);
  assert.equal(two.remove(entry), false);
  assert.equal(one.first, entry);
});
