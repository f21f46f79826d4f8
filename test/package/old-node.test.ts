import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const COMMAND = fileURLToPath(new URL('../../bin/flaghoist.js', import.meta.url));
const MANIFEST = fileURLToPath(new URL('../../package.json', import.meta.url));

/** Changes the version of the running Node to an old one before the command is loaded. */
const PRETEND_OLD = `data:text/javascript,${encodeURIComponent(`
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.20.0' } });
  Object.defineProperty(process, 'version', { value: 'v22.20.0' });
`)}`;

/** Runs the command as a package has it: without a Node of its own. */
async function assertRefuses(t: TestContext, [node = '', ...options]: string[], version: RegExp) {
  const directory = await temporaryDirectory(t);
  await cp(COMMAND, join(directory, 'bin/flaghoist.js'));
  await cp(MANIFEST, join(directory, 'package.json'));
  const command = join(directory, 'bin/flaghoist.js');
  const run = spawnSync(node, [...options, command, '--version'], { encoding: 'utf8' });
  assert.equal(run.status, 3, run.stderr);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /^flaghoist needs Node 24 or later; this is v.*npm ci.*\n$/);
  assert.match(run.stderr, version);
}

/** A Node on this machine that is older than the oldest one supported. */
function findOldNode(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((node) => existsSync(node))
    .find((node) => {
      const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
      return /^v(\d+)/.test(stdout ?? '') && Number.parseInt(stdout.slice(1), 10) < 24;
    });
}

test('bin/flaghoist.js: a Node that is too old is refused in one line', async (t) => {
  await assertRefuses(t, [process.execPath, '--import', PRETEND_OLD], /this is v22\.20\.0/);
});

test('bin/flaghoist.js: in a checkout its own Node runs the command', () => {
  const args = ['--import', PRETEND_OLD, COMMAND, 'get'];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(run.status, 2, run.stderr);
  assert.match(run.stderr, /name URLs/);
});

test('bin/flaghoist.js: its own Node gets the signals, and ends as it ended', async () => {
  const args = ['--import', PRETEND_OLD, COMMAND, 'spinner'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  // It draws, so it has signal handlers.
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
});

const oldNode = findOldNode();
const skip = oldNode === undefined && 'there is no Node older than 24 on this machine';

test('bin/flaghoist.js: a real old Node loads enough of it to refuse', { skip }, async (t) => {
  await assertRefuses(t, [oldNode as string], /this is v\d+/);
});
