import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { adviceFor } from '../../src/report/advice.ts';

/** Those of rows that did not fail, and the one that says nothing. */
const NEEDLESS = [
  'name-skipped',
  'duplicate',
  'copied',
  'replaced',
  'already-there',
  'not-modified',
  'unknown',
];

const NONE = adviceFor('no such reason');

test('adviceFor: has a word of advice for each documented reason', async () => {
  const docs = await readFile(new URL('../../docs/reasons.md', import.meta.url), 'utf8');
  const reasons = docs
    .split('\n')
    .flatMap((line) => /^\| (`[^|]*)\|/.exec(line)?.[1]?.match(/[a-z]+[a-z\d-]*(?=`)/g) ?? []);
  assert.ok(reasons.length > 15, `${reasons.length}`);
  const without = reasons.filter((reason) => adviceFor(reason) === NONE);
  assert.deepEqual(without.sort(), NEEDLESS.toSorted());
});

test('adviceFor: knows families of statuses', () => {
  assert.match(adviceFor('http-599'), /in trouble/);
  assert.match(adviceFor('http-418'), /by hand/);
});
