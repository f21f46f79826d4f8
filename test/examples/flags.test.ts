import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
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

test('examples/flags: all at once', async (t) => {
  const cwd = await temporaryDirectory(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using server = await startFlagServer({ label: 'DELAY', port: 0 });
  const run = runExample(cwd, server.url);
  await until(() => server.stats.inFlight === 20);
  t.mock.timers.tick(500);
  assert.match((await run).stdout, /^20 flags/m);
});

test('examples/flags: what fails is told on stderr, and not counted', async (t) => {
  const cwd = await temporaryDirectory(t);
  const server = await serveHttp(t, (_, response) => response.writeHead(403).end());
  const { stdout, stderr } = await runExample(cwd, server.url);
  assert.match(stdout, /^\n0 flags downloaded in \d+\.\d\ds\n$/);
  assert.equal(stderr.match(/^http:\/\/127\.0\.0\.1:\d+\/\S+\/..\.gif: 403 /gm)?.length, 20);
});
