import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { merge, readResults, writeResults } from '../../../bench/results/store.ts';
import { caseResult } from '../case-result.ts';

const NAMES = ['first', 'second', 'third'];
const named = (name: string, rounds = 5) => caseResult({ name, rounds });

test('merge: adds a case in its place', () => {
  const results = { cases: [named('first'), named('third')] };
  const names = merge(results, named('second'), NAMES).cases.map(({ name }) => name);
  assert.deepEqual(names, NAMES);
});

test('merge: replaces a case and keeps the others', () => {
  const first = named('first');
  const { cases } = merge({ cases: [first, named('second', 1)] }, named('second', 9), NAMES);
  assert.equal(cases[0], first);
  assert.deepEqual(
    cases.map(({ rounds }) => rounds),
    [5, 9],
  );
});

test('readResults: no cases without a file, else what writeResults wrote', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'flaghoist-results-'));
  try {
    const path = join(directory, 'latest.json');
    assert.deepEqual(await readResults(path), { cases: [] });
    const results = { cases: [named('first')] };
    await writeResults(path, results);
    assert.deepEqual(await readResults(path), results);
  } finally {
    await rm(directory, { recursive: true });
  }
});
