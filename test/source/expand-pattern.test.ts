import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandPattern } from '../../src/source/expand-pattern.ts';
import { propertyRuns } from '../support/property-runs.ts';

const all = (pattern: string): string[] => [...expandPattern(pattern)];

test('expandPattern: alternatives', () => {
  assert.deepEqual(all('a{b,cd,}e'), ['abe', 'acde', 'ae']);
  assert.deepEqual(all('{x}'), ['x']);
});

test('expandPattern: ranges of numbers, as wide as the first one when that begins with 0', () => {
  assert.deepEqual(all('[8-11]'), ['8', '9', '10', '11']);
  assert.deepEqual(all('[008-011]'), ['008', '009', '010', '011']);
  assert.deepEqual(all('[0-2]'), ['0', '1', '2']);
  assert.deepEqual(all('[001-10:4]'), ['001', '005', '009']);
  assert.deepEqual(all('[5-5]'), ['5']);
});

test('expandPattern: ranges of letters', () => {
  assert.deepEqual(all('[a-e:2]'), ['a', 'c', 'e']);
  assert.deepEqual(all('[X-Z]'), ['X', 'Y', 'Z']);
});

test('expandPattern: combinations, the last one changing fastest', () => {
  assert.deepEqual(all('{a,b}[1-2]'), ['a1', 'a2', 'b1', 'b2']);
});

test('expandPattern: other text means itself', () => {
  for (const text of [
    '',
    'http://a/',
    'http://[::1]/',
    'http://[fe80::1%25eth0]/',
    'a?b[]=1',
    'a\\b',
  ]) {
    assert.deepEqual(all(text), [text]);
  }
  assert.deepEqual(all('\\{a\\}\\[b\\]'), ['{a}[b]']);
  assert.deepEqual(all('{a\\,b,\\}}'), ['a,b', '}']);
});

test('expandPattern: is lazy', () => {
  const huge = expandPattern('[1-1000000000]{a,b}');
  assert.equal(huge.count, 2e9);
  const [first, second, third] = Iterator.from(huge).take(3);
  assert.deepEqual([first, second, third], ['1a', '1b', '2a']);
});

test('expandPattern: counts to the largest number', () => {
  const { MAX_SAFE_INTEGER: max } = Number;
  assert.deepEqual(all(`[${max - 1}-${max}]`), [`${max - 1}`, `${max}`]);
});

test('expandPattern: can be iterated again', () => {
  const expansion = expandPattern('[1-2]');
  assert.deepEqual([...expansion], [...expansion]);
});

test('expandPattern: names the first character that makes no sense', () => {
  const bad: Record<string, readonly [offset: number, message: RegExp]> = {
    'a{b': [1, /^"\{" is not closed$/],
    'a}': [1, /^"\}" closes nothing/],
    'a]': [1, /^"\]" closes nothing/],
    '{a]}': [2, /^"\]" closes nothing/],
    '{}': [1, /^there is nothing between the braces$/],
    '{a,{b}}': [3, /do not nest/],
    '{[1-2]}': [1, /do not nest/],
    'a[1-2': [1, /^"\[" is not closed$/],
    'x[a-]': [1, /^"\[a-\]" is not a range such as/],
    '[a-Z]': [0, /is not a range/],
    '[1-2:x]': [0, /is not a range/],
    'x[20-10]': [5, /^the range \[20-10\] counts down$/],
    '[c-a]': [3, /counts down/],
    '[1-3:0]': [5, /has a step of 0$/],
    '[1-3:3]': [5, /is shorter than its step$/],
    '[9007199254740993-2]': [1, /too large/],
    '[1-9007199254740993]': [3, /too large/],
  };
  for (const [pattern, [offset, message]] of Object.entries(bad)) {
    assert.throws(() => expandPattern(pattern), { name: 'BadValue', message, offset }, pattern);
  }
});

test('expandPattern: makes `count` texts, all within the ranges', () => {
  const range = fc
    .tuple(fc.nat(50), fc.nat(20), fc.integer({ min: 1, max: 5 }))
    .filter(([, length, step]) => step <= Math.max(1, length))
    .map(([first, length, step]) => ({
      text: `[${first}-${first + length}:${step}]`,
      count: Math.floor(length / step) + 1,
    }));
  const set = fc
    .array(fc.stringMatching(/^[a-z]*$/), { minLength: 1, maxLength: 4 })
    .filter((values) => values.join() !== '')
    .map((values) => ({ text: `{${values.join()}}`, count: values.length }));
  const parts = fc.array(fc.oneof(range, set), { maxLength: 3 });
  fc.assert(
    fc.property(parts, (chosen) => {
      const expansion = expandPattern(chosen.map(({ text }) => text).join('/'));
      const expected = chosen.reduce((product, { count }) => product * count, 1);
      assert.equal(expansion.count, expected);
      assert.equal([...expansion].length, expected);
    }),
    propertyRuns(),
  );
});
