import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFault } from '../../../src/server/faults/parse-fault.ts';

test('parseFault: a name alone is for every request', () => {
  const { spec, times, behaviour } = parseFault('truncate');
  assert.deepEqual([spec, times, behaviour.at], ['truncate', Number.POSITIVE_INFINITY, 'request']);
});

test('parseFault: a fault with a default of `times` has it, unless another is given', () => {
  assert.equal(parseFault('error').times, 1);
  assert.equal(parseFault('error:times=3').times, 3);
  assert.equal(parseFault('stall:times=2,for=1s').times, 2);
});

test('parseFault: values may have colons and equals signs', () => {
  assert.equal(
    parseFault('redirect-private:host=127.0.0.1:80').spec,
    'redirect-private:host=127.0.0.1:80',
  );
  assert.doesNotThrow(() => parseFault('trailing-garbage:bytes=a=b'));
});

for (const [spec, message] of [
  ['', "there is no fault '': serve --faults lists what there is"],
  ['nope', "there is no fault 'nope': serve --faults lists what there is"],
  ['stall:', "stall has no option '', only at, for, times"],
  ['stall:x=1', "stall has no option 'x', only at, for, times"],
  ['empty:x=1', "empty has no option 'x', only times"],
  ['stall:at=tail', "stall: at must be one of body, head, chunk, not 'tail'"],
  ['stall:for=long', "stall: for must be a duration such as 500ms or 2s, or forever, not 'long'"],
  ['truncate:at=2', "truncate: at must be a number from 0 to 1, not '2'"],
  ['gzip-bomb:size=big', "gzip-bomb: size must be a size such as 500, 10k or 1G, not 'big'"],
  ['error:status=200', "error: status must be a whole number from 400 to 599, not '200'"],
  ['error:times=0', "error: times must be a whole number from 1 to 1000000000, not '0'"],
] as const) {
  test(`parseFault: refuses '${spec}'`, () => {
    assert.throws(() => parseFault(spec), { name: 'RangeError', message });
  });
}
