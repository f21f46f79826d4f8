import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { COMMAND } from '../support/command.ts';
import { a, type NameServer, SILENT, serveNames } from '../support/name-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveHttp, type TinyServer } from '../support/tiny-server.ts';
import { endsIn, filesIn, get, outcomesIn, startGet, until } from './get-support.ts';
import { finished, type Running, runFlaghoist } from './run-flaghoist.ts';

const SILENT_NAMES = Array.from({ length: 60 }, (_, i) => `silent${i}.example`);

/** Answers with the host that was requested. */
function serveHosts(t: TestContext): Promise<TinyServer> {
  return serveHttp(t, (request, response) => response.end(request.headers.host));
}

/** Interrupts a run when it waits for the silent names only. */
async function interrupted(t: TestContext, child: Running, names: NameServer, directory: string) {
  t.after(() => child.kill('SIGKILL'));
  const end = finished(child);
  await until(async () => {
    const asked = new Set(names.queries);
    const isWaiting = SILENT_NAMES.every((name) => asked.has(`A ${name}`));
    return isWaiting && Object.keys(await filesIn(directory)).length === 1 ? true : undefined;
  });
  const since = performance.now();
  child.kill('SIGINT');
  return { ...(await end), took: performance.now() - since };
}

const listOf = (port: number) =>
  ['h.example', ...SILENT_NAMES].map((host) => `http://${host}:${port}/${host}`);

/** Checks that an interrupted run has an outcome for each row. */
async function assertAccounted(
  { code, stdout, took }: Awaited<ReturnType<typeof interrupted>>,
  directory: string,
): Promise<void> {
  assert.equal(code, 130);
  // Below a second on an idle machine; a look-up that cannot be cancelled takes 10 s.
  assert.ok(took < 3_000, `it took ${took} ms`);
  const statuses = outcomesIn(stdout).map(({ status }) => status);
  assert.deepEqual(statuses, ['ok', ...SILENT_NAMES.map(() => 'cancelled')]);
  const { stdout: told } = await runFlaghoist('status', directory);
  assert.match(told, /^cancelled +60$/m);
}

suite('get-dns', { concurrency: 2 }, () => {
  test('get --dns-server: asks that server, and each failed look-up has its reason', async (t) => {
    const server = await serveHosts(t);
    const names = await serveNames(t, {
      'h.example': a('127.0.0.1'),
      'failing.example': { A: { code: 'SERVFAIL' }, AAAA: { code: 'SERVFAIL' } },
      'silent.example': SILENT,
    });
    const directory = await temporaryDirectory(t);
    const options = ['--dns-server', names.address, '--connect-timeout', '3s', '--tries', '1'];
    const hosts = ['h.example', 'missing.example', 'failing.example', 'silent.example'];
    const urls = hosts.map((host) => `http://${host}:${server.port}/${host}`);
    const { code, stdout } = await get(...options, '--json', '-d', directory, ...urls);
    assert.deepEqual(
      [code, endsIn(stdout)],
      [1, ['ok', 'failed dns-not-found', 'failed dns-failed', 'failed dns-timeout']],
    );
    assert.deepEqual(await filesIn(directory), { 'h.example': `h.example:${server.port}` });
  });

  test('get --resolve: connects to that address, and looks other hosts up', async (t) => {
    const server = await serveHosts(t);
    const names = await serveNames(t, { 'h.example': a('127.0.0.1') });
    const directory = await temporaryDirectory(t);
    const resolve = ['--resolve', `given.example:${server.port}:127.0.0.1`];
    const urls = ['given.example', 'h.example'].map(
      (host) => `http://${host}:${server.port}/${host}`,
    );
    const options = ['--dns-server', names.address, ...resolve, '--json', '-d', directory];
    const { code, stdout } = await get(...options, ...urls);
    assert.deepEqual([code, endsIn(stdout)], [0, ['ok', 'ok']]);
    assert.deepEqual(
      names.queries.filter((query) => query.includes('given')),
      [],
    );
  });

  test('get --resolve: holds for the name of a proxy, too', async (t) => {
    const proxy = await serveHosts(t);
    const names = await serveNames(t, {});
    const directory = await temporaryDirectory(t);
    const resolve = ['--resolve', `proxy.example:${proxy.port}:127.0.0.1`];
    const options = ['--dns-server', names.address, ...resolve, '--json', '-d', directory];
    const through = ['-x', `http://proxy.example:${proxy.port}`, 'http://h.example/a'];
    const { code, stdout } = await get(...options, ...through);
    assert.deepEqual([code, endsIn(stdout)], [0, ['ok']]);
  });

  test('get: SIGINT ends it within a second, also during look-ups', async (t) => {
    const server = await serveHosts(t);
    const silent = Object.fromEntries(SILENT_NAMES.map((name) => [name, SILENT]));
    const names = await serveNames(t, { 'h.example': a('127.0.0.1'), ...silent });
    const directory = await temporaryDirectory(t);
    const options = ['-m', '100', '--dns-server', names.address, '--json', '-d', directory];
    const child = startGet(...options, ...listOf(server.port));
    await assertAccounted(await interrupted(t, child, names, directory), directory);
  });

  test('get: SIGINT ends it as soon when the system’s name servers are silent', {
    skip: process.platform !== 'linux' || process.getuid?.() !== 0,
  }, async (t) => {
    const server = await serveHosts(t);
    const silent = Object.fromEntries(SILENT_NAMES.map((name) => [name, SILENT]));
    const on = { host: '127.66.17.1', port: 53 };
    const names = await serveNames(t, { 'h.example': a('127.0.0.1'), ...silent }, on);
    const directory = await temporaryDirectory(t);
    const resolvConf = join(await temporaryDirectory(t), 'resolv.conf');
    await writeFile(resolvConf, `nameserver ${on.host}\n`);
    const mount = `mount --bind ${resolvConf} /etc/resolv.conf && exec "$@"`;
    const within = ['-m', 'sh', '-c', mount, 'sh', process.execPath, COMMAND];
    const options = ['get', '-m', '100', '--json', '-d', directory];
    const child = spawn('unshare', [...within, ...options, ...listOf(server.port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await assertAccounted(await interrupted(t, child, names, directory), directory);
  });
});
