import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startFlagServer } from '../../src/server/flag-server.ts';
import { until } from '../server/ask.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveHttp } from '../support/tiny-server.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/flags.ts', import.meta.url));
const ASSETS = new URL('../../assets/flags/', import.meta.url);

const CODES = 'BD BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN'.split(' ');

function runExample(cwd: string, url: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [EXAMPLE, url], { cwd });
}

test('examples/flags: prints each code on one line and saves the flags byte for byte', async (t) => {
  const cwd = await temporaryDirectory(t);
  await using server = await startFlagServer({ label: 'LOCAL', port: 0 });
  const { stdout, stderr } = await runExample(cwd, server.url);
  assert.equal(stderr, '');
  const [codes = '', summary = '', ...rest] = stdout.split('\n');
  assert.match(codes, /^([A-Z]{2} ){20}$/);
  assert.deepEqual(codes.trim().split(' ').sort(), CODES);
  assert.match(summary, /^20 flags downloaded in \d+\.\d\ds$/);
  assert.deepEqual(rest, ['']);

  const names = CODES.map((code) => `${code.toLowerCase()}.gif`);
  assert.deepEqual((await readdir(join(cwd, 'downloads'))).sort(), names);
  for (const name of names) {
    const saved = await readFile(join(cwd, 'downloads', name));
    assert.ok(saved.equals(await readFile(new URL(name, ASSETS))), name);
  }
});

test('examples/flags: sends all requests at the same time', async (t) => {
  const cwd = await temporaryDirectory(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using server = await startFlagServer({ label: 'DELAY', port: 0 });
  const run = runExample(cwd, server.url);
  await until(() => server.stats.inFlight === 20);
  t.mock.timers.tick(500);
  assert.match((await run).stdout, /^20 flags/m);
});

test('examples/flags: reports failures on stderr, and does not count them', async (t) => {
  const cwd = await temporaryDirectory(t);
  const server = await serveHttp(t, (_, response) => response.writeHead(403).end());
  const { stdout, stderr } = await runExample(cwd, server.url);
  assert.match(stdout, /^\n0 flags downloaded in \d+\.\d\ds\n$/);
  assert.equal(stderr.match(/^http:\/\/127\.0\.0\.1:\d+\/\S+\/..\.gif: 403 /gm)?.length, 20);
});

/** Runs examples/flags2.ts against a server that answers each flag with the status of `statusOf`. */
async function runFlags2(t: TestContext, args: string[], statusOf: (cc: string) => number) {
  const cwd = await temporaryDirectory(t);
  let [inFlight, most] = [0, 0];
  const server = await serveHttp(t, async (request, response) => {
    most = Math.max(most, ++inFlight);
    await new Promise<void>((done) => setImmediate(done));
    inFlight--;
    const cc = String(request.url).slice(1, 3);
    response.writeHead(statusOf(cc)).end(`flag of ${cc}`);
  });
  const file = fileURLToPath(new URL('../../examples/flags2.ts', import.meta.url));
  const command = [file, '-s', server.url, ...args];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd });
  return { stdout, stderr, most, names: (await readdir(join(cwd, 'downloads'))).sort() };
}

test('examples/flags2: counts each outcome once, and draws the bar to its end', async (t) => {
  const statuses: Record<string, number> = { br: 500, cn: 404, in: 503 };
  const run = await runFlags2(t, ['-m', '3'], (cc) => statuses[cc] ?? 200);
  const [line, ...counts] = run.stdout.trimEnd().split('\n');
  assert.equal(line, '-'.repeat(20));
  assert.deepEqual(counts.slice(0, -1), ['17 flags downloaded.', '1 not found.', '2 errors.']);
  assert.match(String(counts.at(-1)), /^Elapsed time: \d+\.\d\ds$/);
  assert.ok(run.stderr.endsWith(`\r${'#'.repeat(20)} 20/20\n`), run.stderr);
  assert.equal(run.names.length, 17);
  assert.ok(run.most <= 3, `${run.most} at once`);
});

test('examples/flags2 -v: a line for each flag, and no bar', async (t) => {
  const statuses: Record<string, number> = { br: 500, zz: 404 };
  const run = await runFlags2(t, ['-v', 'US', 'BR', 'ZZ'], (cc) => statuses[cc] ?? 200);
  const lines = run.stdout.split('\n').slice(0, 3).sort();
  assert.deepEqual(lines, ['*** Error for BR: 500 Internal Server Error', 'US OK', 'ZZ not found']);
  assert.match(run.stdout, /\n1 flag downloaded\.\n1 not found\.\n1 error\.\n/);
  assert.deepEqual([run.stderr, run.names], ['', ['us.gif']]);
});
