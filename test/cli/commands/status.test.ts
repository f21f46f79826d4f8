import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeLedger } from '../ledger-directory.ts';
import { runFlaghoist, runFlaghoistIn } from '../run-flaghoist.ts';

test('status: shows how the rows ended and what is left', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeLedger(directory);
  const parts = join(directory, '.flaghoist', 'parts');
  await mkdir(parts);
  await writeFile(join(parts, 'a.part'), 'hello');
  await writeFile(join(parts, 'a.json'), '{}');
  const { code, stdout, stderr } = await runFlaghoist('status', directory);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const [run, command, ...rest] = stdout.split('\n');
  assert.match(run ?? '', /^Run 1, started .*Z, came to its end after \d.*\.$/);
  assert.equal(command, '  flaghoist get -i list.txt');
  assert.equal(
    rest.join('\n'),
    `
ok          1  5 B
not found   1
  http-404  1
failed      1
  http-503  1
3 rows in all.

http-503 (1): the server is in trouble: try again later
  as in https://example.com/=b
  503

http-404 (1): the server has no such file: correct the list
  as in https://example.com/c

1 row to try again: flaghoist retry ${directory}
1 file is there in part, 5 B; the next run goes on with it.
`,
  );
});

test('status: works during a run', async (t) => {
  const directory = await temporaryDirectory(t);
  const ledger = Ledger.open(directory);
  const { code, stdout } = await runFlaghoist('status', directory);
  await ledger.close('complete');
  assert.equal(code, 0);
  assert.match(stdout, /^Run 1, .* is under way\.\n/);
  assert.match(stdout, /\nWhat is left to do is known when the run has ended\.\n$/);
});

test('status: without DIR it is that of the current directory; no ledger is one line and exit code 3', async (t) => {
  const directory = await temporaryDirectory(t);
  const { code, stdout, stderr } = await runFlaghoistIn({ cwd: directory }, 'status');
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    `flaghoist: there is no ledger in the current directory (no ${join('.flaghoist', 'ledger.db')}); name the directory of a run\n`,
  );
  assert.equal(code, 3);
});
