import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { FAULTS } from '../../src/server/faults/catalogue.ts';
import { MATRIX } from './matrix.ts';
import { casesByRun, optionsOf, runCases, type Situation } from './run-cases.ts';
import { withTable } from './table.ts';

const SITUATIONS: readonly Situation[] = ['get', 'retry', 'resume'];

// Cases whose options get along are rows of one run. A suite, so that three runs take place at a time.
describe('get: a row that meets a fault', { concurrency: 3 }, () => {
  for (const cases of casesByRun(MATRIX)) {
    for (const situation of SITUATIONS) {
      const which = cases.length === 1 ? cases[0]?.fault : `${cases.length} faults`;
      test([situation, ...optionsOf(cases), which].join(' '), async (t) => {
        for (const { one, ending, checkFile } of await runCases(t, cases, situation)) {
          const how = one.checksum ? ', with a checksum' : '';
          await t.test(`${situation}: ${one.fault}${how}: ${one[situation]}`, async () => {
            assert.equal(ending, one[situation]);
            await checkFile();
          });
        }
      });
    }
  }
});

test('MATRIX: has every fault', () => {
  const covered = new Set(MATRIX.map(({ fault }) => fault.split(':', 1)[0]));
  assert.deepEqual([...covered].sort(), FAULTS.map(({ name }) => name).sort());
});

test('MATRIX: has every word that a fault has as an option', () => {
  const covered = MATRIX.map(({ fault }) => fault.split(/[:,]/));
  for (const { name, options } of FAULTS) {
    for (const [key, { shown }] of Object.entries(options)) {
      // The first word is the default, so a case need not name it.
      const [, ...words] = shown.split('|');
      for (const word of words) {
        const isCovered = covered.some(([fault, ...pairs]) => {
          return fault === name && pairs.includes(`${key}=${word}`);
        });
        assert.ok(isCovered, `${name}:${key}=${word}`);
      }
    }
  }
});

test('docs/faults.md: shows the matrix', async () => {
  const text = await readFile(new URL('../../docs/faults.md', import.meta.url), 'utf8');
  assert.equal(text, withTable(text), 'run npm run docs:faults to write it');
});
