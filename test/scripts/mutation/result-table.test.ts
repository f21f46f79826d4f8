import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultTable } from '../../../scripts/mutation/result-table.ts';

const of = (...statuses: ('Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored')[]) =>
  statuses.map((status) => ({ status }));

test('resultTable: the results of the changes, a line for each part', () => {
  const { text, isWorse } = resultTable([
    {
      target: { name: 'retry', survivors: 1 },
      mutants: of('Killed', 'Timeout', 'Survived', 'Ignored'),
    },
    { target: { name: 'parts', survivors: 0 }, mutants: of('Killed') },
  ]);
  assert.equal(
    text,
    `
| Part | changes | a test fails | a test hangs | unseen | seen |
| --- | ---: | ---: | ---: | ---: | ---: |
| retry | 4 | 1 | 1 | 1 | 66.6 % |
| parts | 1 | 1 | 0 | 0 | 100.0 % |
`,
  );
  assert.equal(isWorse, false);
});

test('resultTable: isWorse if more changes survive than are accounted for, including untested code', () => {
  for (const status of ['Survived', 'NoCoverage'] as const) {
    const target = { name: 'retry', survivors: 0 };
    const { text, isWorse } = resultTable([{ target, mutants: of('Killed', status) }]);
    assert.match(text, /\| 1, not 0 \| 50\.0 % \|/);
    assert.equal(isWorse, true);
  }
  assert.equal(resultTable([{ target: { name: '', survivors: 0 }, mutants: [] }]).isWorse, false);
});
