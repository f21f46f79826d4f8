import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { planTests } from './plan.ts';

/** A checkout with these test files. */
async function checkout(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryDirectory(t);
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, 'test', `${path}.test.ts`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return root;
}

const FILES = {
  'machine/mount': '',
  'fetch/http1/head': '',
  'fetch/heavy': '// Slow: seconds of computation.\n',
  'model/globals': '// Alone: replaces globals.\n',
  download: '',
};

/** The groups that have files. */
const filled = ({ groups }: ReturnType<typeof planTests>) =>
  groups.filter(({ files }) => files.length > 0);

test('planTests: puts each file into the group of its folder, or on its own', async (t) => {
  const plan = planTests(await checkout(t, FILES), { onlyFast: false });
  assert.deepEqual(filled(plan), [
    { name: 'machine', files: ['test/machine/mount.test.ts'] },
    { name: 'runs1', files: ['test/download.test.ts'] },
    { name: 'network', files: ['test/fetch/heavy.test.ts', 'test/fetch/http1/head.test.ts'] },
  ]);
  assert.deepEqual(plan.alone, ['test/model/globals.test.ts']);
});

test('planTests: the fast ones are units without a mark', async (t) => {
  const plan = planTests(await checkout(t, FILES), { onlyFast: true });
  assert.deepEqual(filled(plan), [
    { name: 'runs', files: ['test/download.test.ts'] },
    { name: 'network', files: ['test/fetch/http1/head.test.ts'] },
  ]);
  assert.deepEqual(plan.alone, []);
});

test('planTests: deals the files of a large group to several processes', async (t) => {
  const root = await checkout(t, { 'cli/a': '', 'cli/b': '', 'cli/c': '', 'cli/d': '' });
  assert.deepEqual(filled(planTests(root, { onlyFast: false })), [
    { name: 'command1', files: ['test/cli/a.test.ts', 'test/cli/d.test.ts'] },
    { name: 'command2', files: ['test/cli/b.test.ts'] },
    { name: 'command3', files: ['test/cli/c.test.ts'] },
  ]);
});

test('planTests: throws for a test file that is in no group', async (t) => {
  const root = await checkout(t, { 'new/folder': '' });
  assert.throws(
    () => planTests(root, { onlyFast: true }),
    /test\/new\/folder\.test\.ts is in no group/,
  );
});
