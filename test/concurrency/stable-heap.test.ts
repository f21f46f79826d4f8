import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StableHeap } from '../../src/concurrency/stable-heap.ts';

interface Item {
  readonly priority: number;
  readonly id: number;
}

const byPriority = (a: Item, b: Item) => a.priority - b.priority;

/** What a step does, with the priority of what it adds. */
const step = fc.record({
  kind: fc.constantFrom('put', 'put', 'take', 'put back', 'clear'),
  priority: fc.nat({ max: 5 }),
  // Whether the comparison fails in this step.
  fails: fc.boolean(),
});

test('StableHeap: behaves as a list does that a stable sort keeps in order, also when a comparison throws', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      let failing = false;
      const heap = new StableHeap<Item>((a, b) => {
        if (failing) throw new TypeError('no order');
        return byPriority(a, b);
      });
      let model: Item[] = [];
      for (const [id, { kind, priority, fails }] of steps.entries()) {
        if (kind === 'clear') {
          // As often as the rest, it would leave nothing to test.
          if (priority > 0) continue;
          heap.clear();
          model = [];
        }
        if (kind === 'take' && model.length === 0) continue;
        const item = { priority, id };
        const act = () => {
          if (kind === 'put') heap.put(item);
          else if (kind === 'put back') heap.putBack(item);
          else if (kind === 'take') assert.equal(heap.take(), model.shift());
        };
        if (fails) {
          failing = true;
          const before = heap.size;
          let threw = false;
          try {
            act();
          } catch (error) {
            assert.ok(error instanceof TypeError);
            threw = true;
          }
          failing = false;
          if (threw) {
            assert.equal(heap.size, before);
            continue;
          }
        } else {
          act();
        }
        if (kind === 'put') model = [...model, item].toSorted(byPriority);
        if (kind === 'put back') model = [item, ...model].toSorted(byPriority);
        assert.equal(heap.size, model.length);
      }
      while (model.length > 0) assert.equal(heap.take(), model.shift());
      assert.equal(heap.size, 0);
    }),
  );
});
