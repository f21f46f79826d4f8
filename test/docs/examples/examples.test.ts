// Slow: it starts the command.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { isShown } from '../../support/console-session.ts';
import { examplesOf } from '../../support/document-blocks.ts';
import { DOCUMENTS, hasJq, runDocument } from './document-runs.ts';

const HOW_TO_WRITE = 'npm run docs:examples writes what is printed';

suite('The documents: each example prints what stands below it', { concurrency: 2 }, () => {
  for (const path of DOCUMENTS) {
    test(path, async (t) => {
      const examples = examplesOf(await readFile(path, 'utf8'));
      assert.ok(examples.length > 0);
      if (!hasJq && examples.some(({ command }) => command.includes('jq'))) {
        t.skip('jq is not installed');
        return;
      }
      const ran = await runDocument(examples);
      for (const [i, { command, output }] of examples.entries()) {
        const { output: printed, code } = ran[i] ?? { output: '', code: -1 };
        if (!isShown(output, printed)) assert.equal(printed, output, `${command}: ${HOW_TO_WRITE}`);
        const isTold = examples[i + 1]?.command === 'echo $?';
        assert.ok(code === 0 || isTold, `${command}: exit code ${code}, and no 'echo $?' follows`);
      }
    });
  }
});
