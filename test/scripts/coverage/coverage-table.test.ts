import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageTable } from '../../../scripts/coverage/coverage-table.ts';

/** A file of a thousand lines, ten branches and four functions. */
function file(path: string, coveredLineCount: number, coveredBranchCount = 10) {
  return {
    path,
    totalLineCount: 1_000,
    totalBranchCount: 10,
    totalFunctionCount: 4,
    coveredLineCount,
    coveredBranchCount,
    coveredFunctionCount: 3,
  };
}

test('coverageTable: a line for each folder, rounded down, and the files with low coverage', () => {
  const totals = { ...file('', 3_859, 35), totalLineCount: 4_000, totalBranchCount: 40 };
  const text = coverageTable({
    workingDirectory: '/project',
    files: [
      file('/project/src/save/parts.ts', 899),
      file('/project/src/save/sink.ts', 1_000, 5),
      file('/project/src/cli/get.ts', 900),
      file('/project/src/cli/run.ts', 999),
    ],
    totals,
  });
  assert.equal(
    text,
    `
| Covered | lines | branches | functions |
| --- | ---: | ---: | ---: |
| src/cli | 94.9 % | 100.0 % | 75.0 % |
| src/save | 94.9 % | 75.0 % | 75.0 % |
| all | 96.4 % | 87.5 % | 75.0 % |

Below 90.0 % of the lines:
  src/save/parts.ts 89.9 %
`,
  );
});

test('coverageTable: a file without branches has them all covered, and no file is named without need', () => {
  const types = { ...file('/project/src/model/item.ts', 1_000), totalBranchCount: 0 };
  const text = coverageTable({ workingDirectory: '/project', files: [types], totals: types });
  assert.match(text, /^\| src\/model \| 100\.0 % \| 100\.0 % \| 75\.0 % \|$/m);
  assert.doesNotMatch(text, /Below/);
});
