import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startFlagServer } from '../../src/server/flag-server.ts';
import { finished, startNode } from '../cli/run-flaghoist.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveHttp } from '../support/tiny-server.ts';

const STYLES = new URL('../../examples/styles/', import.meta.url);
const ASSETS = new URL('../../assets/flags/', import.meta.url);

const run = (style: string, ...args: string[]) =>
  finished(startNode(fileURLToPath(new URL(`${style}.ts`, STYLES)), ...args));

for (const { style, asked, most } of [
  { style: 'one-by-one', asked: 1, most: 1 },
  { style: 'threads', asked: 3, most: 3 },
  { style: 'callbacks', asked: 30, most: 30 },
  { style: 'tasks', asked: 4, most: 4 },
]) {
  test(`examples/styles: ${style} downloads every file, ${most} at a time`, async (t) => {
    const directory = await temporaryDirectory(t);
    // Long enough for all of the first requests to arrive before the first response leaves.
    const wait = most > 4 ? 300 : 20;
    const delay = { min: wait, max: wait };
    await using server = await startFlagServer({ label: 'DELAY', port: 0, delay });
    const { code, stdout, stderr } = await run(style, server.url, '30', String(asked), directory);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.equal(server.stats.maxInFlight, most);
    const account = JSON.parse(stdout);
    assert.equal(account.most, most);
    assert.equal(account.refusal, undefined);
    assert.ok(account.memory.peak >= account.memory.before && account.cpu > 0);
    assert.equal(account.times.length, 30);
    for (const { began, answered, saved } of account.times) {
      assert.ok(began >= 0 && answered >= began + 19 && saved > answered, stdout.slice(0, 300));
      assert.ok(saved <= account.elapsed);
    }
    const names = await readdir(directory);
    assert.equal(names.length, 30);
    for (const name of names) {
      const flag = await readFile(new URL(name.replace(/^\d+-/, ''), ASSETS));
      assert.ok(flag.equals(await readFile(join(directory, name))), name);
    }
  });

  for (const [what, answer] of [
    ['another status', { status: 404, sent: 4 }],
    ['half of a body', { status: 200, sent: 2 }],
  ] as const) {
    test(`examples/styles: ${style} fails for ${what}`, async (t) => {
      const directory = await temporaryDirectory(t);
      const server = await serveHttp(t, (_, response) => {
        response.writeHead(answer.status, { 'content-length': 4 });
        response.write('GIF8'.slice(0, answer.sent), () => response.socket?.end());
      });
      const { code, stdout } = await run(style, server.url, '2', '1', directory);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
      assert.deepEqual(await readdir(directory), []);
    });
  }
}
