// Slow: starts processes.
import assert from 'node:assert/strict';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { type BuiltCommand, buildCommand, loadedBy } from '../../package/built-command.ts';
import { CHECKOUT } from '../../package/pack.ts';
import { serveHttp } from '../../support/tiny-server.ts';

let command: BuiltCommand;

before(async () => {
  command = await buildCommand(await mkdtemp(join(tmpdir(), 'flaghoist-command-')));
});

after(() => rm(command.folder, { recursive: true, force: true }));

test('bundleCommand: the code of a thread is a file of its own, beside the file that starts it', async () => {
  const workers = await Array.fromAsync(glob('src/**/*-worker.ts', { cwd: CHECKOUT }));
  assert.ok(workers.length >= 3);
  for (const worker of workers) {
    const modules = command.files[basename(worker).replace(/ts$/, 'cjs')] ?? [];
    // With the modules that no other file needs.
    assert.ok(modules.includes(join(CHECKOUT, worker)), worker);
  }
});

test('bundleCommand: --version loads none of it, the help of a command only what all commands need', async () => {
  const version = await loadedBy(command, ['--version']);
  assert.deepEqual(version.files, []);
  const help = await loadedBy(command, ['get', '--help']);
  assert.deepEqual(help.files, ['main.cjs', 'rolldown-runtime.cjs', 'shared.cjs']);
});

test('bundleCommand: a get over plain HTTP loads five files, and nothing for TLS or HTTP/2', async (t) => {
  const { url } = await serveHttp(t, (_, response) => response.end('body'));
  const { files, builtins } = await loadedBy(command, ['get', `${url}/a`, '-d', 'five']);
  const own = ['download.cjs', 'ledger.cjs', 'main.cjs', 'shared.cjs'];
  assert.deepEqual(files, [...own, 'rolldown-runtime.cjs'].sort());
  const seldom = ['tls', 'http2', 'zlib', 'child_process', 'internal/deps/undici/undici'];
  assert.deepEqual(
    seldom.filter((name) => builtins.includes(name)),
    [],
  );
});

test('bundleCommand: a thread that saves loads nothing of the HTTP client, nor of the ledger', () => {
  const folders = (command.files['shared.cjs'] ?? []).map((path) =>
    relative(CHECKOUT, dirname(path)),
  );
  assert.ok(folders.includes('src/model'));
  assert.deepEqual(
    folders.filter((folder) => /^src.(fetch.connections|fetch.http1|ledger$)/.test(folder)),
    [],
  );
});

test('bundleCommand: the ledger is written, and read again', async (t) => {
  const { url } = await serveHttp(t, (_, response) => response.end('body'));
  await command.run(['get', `${url}/a`, '-d', 'ledger']);
  assert.equal(await readFile(join(command.folder, 'ledger', 'a'), 'utf8'), 'body');
  assert.match(await command.run(['status', 'ledger']), /^ok +1 +4 B$/m);
});

test('bundleCommand: a function goes to a thread', async () => {
  const printed = await command.run(['spinner', '--thread', '--seconds', '0.1']);
  assert.match(printed, /Answer: 42$/);
});

test('bundleCommand: the licenses of all packages in it go with it', async () => {
  const licenses = await readFile(join(command.folder, 'dist/command/LICENSES.txt'), 'utf8');
  for (const name of ['commander', 'papaparse', 'tough-cookie', 'tldts', 'log-update']) {
    assert.match(licenses, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, 'm'));
  }
});
