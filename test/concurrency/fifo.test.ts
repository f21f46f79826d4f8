import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../src/concurrency/fifo.ts';

test('Fifo: behaves as an array does with push, shift and unshift', () => {
  const back = fc.record({ back: fc.nat() });
  const step = fc.oneof(
    fc.nat(),
    fc.constant('take' as const),
    fc.constant('clear' as const),
    back,
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const fifo = new Fifo<number>();
      let model: number[] = [];
      for (const each of steps) {
        if (each === 'clear') {
          fifo.clear();
          model = [];
        } else if (typeof each === 'object') {
          fifo.putBack(each.back);
          model.unshift(each.back);
        } else if (each !== 'take') {
          fifo.put(each);
          model.push(each);
        } else if (model.length > 0) {
          assert.equal(fifo.take(), model.shift());
        }
        assert.equal(fifo.size, model.length);
      }
    }),
  );
});
