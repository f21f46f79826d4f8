// Where bin/flaghoist.js makes Node keep compiled code.
import assert from 'node:assert/strict';
import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type BuiltCommand, buildCommand, loadedBy } from './built-command.ts';

let command: BuiltCommand;

/** The tests run with a cache of their own, which the command must not see. */
const NOTHING_SET = { NODE_COMPILE_CACHE: '', HOME: '', XDG_CACHE_HOME: '' };

before(async () => {
  command = await buildCommand(await mkdtemp(join(tmpdir(), 'flaghoist-cache-')));
});

after(() => rm(command.folder, { recursive: true, force: true }));

/** Runs the command with these variables only. @returns the files in `folder` afterwards */
async function keptIn(folder: string, env: Record<string, string>, ...args: string[]) {
  await command.run(args, { ...NOTHING_SET, ...env });
  const entries = await Array.fromAsync(
    glob('**', { cwd: join(command.folder, folder), withFileTypes: true }),
  );
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test("the command keeps compiled code in the user's cache, a thread's too, and once", async () => {
  const env = { XDG_CACHE_HOME: join(command.folder, 'xdg') };
  const spinner = ['spinner', '--thread', '--seconds', '0.1'];
  const { files } = await loadedBy(command, spinner);
  const first = await keptIn('xdg/flaghoist', env, ...spinner);
  // The thread's entry is in no other file of the bundle.
  assert.equal(first.length, files.length + 1);
  assert.deepEqual(await keptIn('xdg/flaghoist', env, ...spinner), first);
});

test('flaghoist: keeps compiled code below the home directory when no other cache is named', {
  skip: process.platform !== 'linux' && 'this is where it is on Linux',
}, async () => {
  const env = { HOME: join(command.folder, 'home') };
  assert.equal((await keptIn('home/.cache/flaghoist', env, '--help')).length, 3);
});

test('flaghoist: NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE override the cache directory', async () => {
  const env = {
    XDG_CACHE_HOME: join(command.folder, 'unused'),
    NODE_COMPILE_CACHE: join(command.folder, 'chosen'),
  };
  assert.notDeepEqual(await keptIn('chosen', env, '--help'), []);
  await keptIn('unused', { ...env, NODE_COMPILE_CACHE: '', NODE_DISABLE_COMPILE_CACHE: '1' }, '-h');
  assert.deepEqual(await Array.fromAsync(glob('unused/**', { cwd: command.folder })), []);
});

test('flaghoist: runs without a cache when there is no place for one', async () => {
  await writeFile(join(command.folder, 'a-file'), '');
  for (const XDG_CACHE_HOME of ['', join(command.folder, 'a-file'), 'relative']) {
    assert.match(await command.run(['--help'], { ...NOTHING_SET, XDG_CACHE_HOME }), /^Usage: /);
  }
  // A relative path would leave a cache in every directory where the command runs.
  assert.deepEqual(await Array.fromAsync(glob('relative/**', { cwd: command.folder })), []);
});
