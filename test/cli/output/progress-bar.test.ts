import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startFlagServer } from '../../../src/server/flag-server.ts';
import { serveHttp } from '../../support/tiny-server.ts';
import { runInTerminal } from '../run-in-terminal.ts';

async function serve(t: TestContext) {
  const delay = { min: 40, max: 40 };
  const server = await startFlagServer({ label: 'DELAY', port: 0, delay });
  const cwd = await mkdtemp(join(tmpdir(), 'bar-'));
  t.after(async () => {
    await server.close();
    await rm(cwd, { recursive: true });
  });
  return { cwd, env: { FLAGHOIST_DELAY: server.url } };
}

test('ProgressBar: grows in a terminal, over items as they complete', async (t) => {
  const { lines } = await runInTerminal(await serve(t), 100, 'flags', '-s', 'DELAY', '-m', '2');
  const drawn = lines.map((line) =>
    /^█*░* (\d+)\/20 \| .* elapsed \| .* left \| 0 failures$/.exec(line),
  );
  const done = drawn.filter((match) => match !== null).map(([, count]) => Number(count));
  assert.equal(done.at(0), 0);
  assert.equal(done.at(-1), 20);
  assert.ok(done.length >= 4, `drawn ${done.length} times`);
  assert.deepEqual(
    done,
    done.toSorted((a, b) => a - b),
  );
  // The next output starts on a line of its own.
  assert.ok(lines.includes('-'.repeat(20)));
});

test('ProgressBar: stays within a narrow terminal', async (t) => {
  const { lines } = await runInTerminal(await serve(t), 40, 'flags', '-s', 'DELAY', '-m', '2');
  const drawn = lines.filter((line) => line.includes('/20 |'));
  assert.ok(drawn.length >= 2);
  for (const line of drawn) assert.ok(line.length <= 40, line);
});

test('ProgressBar: is not drawn with --verbose or on a dumb terminal', async (t) => {
  const { cwd, env } = await serve(t);
  const verbose = await runInTerminal({ cwd, env }, 100, 'flags', '-v', '-s', 'DELAY');
  const dumb = await runInTerminal(
    { cwd, env: { ...env, TERM: 'dumb' } },
    100,
    'flags',
    '-s',
    'DELAY',
  );
  for (const { raw } of [verbose, dumb]) assert.doesNotMatch(raw, /[█░]/);
});

test('ProgressBar: get shows a line for each of a few files, and leaves the summary', async (t) => {
  const { cwd } = await serve(t);
  const seen = new Set<string>();
  const { url } = await serveHttp(t, async (request, response) => {
    if (request.url === '/busy' && !seen.has('/busy')) {
      seen.add('/busy');
      response.writeHead(503, { 'retry-after': '2' }).end();
      return;
    }
    response.writeHead(200, { 'content-length': '100' });
    response.write('x'.repeat(40));
    await setTimeout(1_500);
    response.end('x'.repeat(60));
  });
  const { lines } = await runInTerminal({ cwd, env: {} }, 80, 'get', `${url}/slow`, `${url}/busy`);
  const { host } = new URL(url);
  const has = (pattern: RegExp) =>
    assert.ok(
      lines.some((line) => pattern.test(line)),
      lines.join('\n'),
    );
  has(/^slow +40% █+░+ +40 B of 100 B +\d+ B\/s/);
  has(new RegExp(`^busy +503 from ${host}, again in [12] s \\(2 of 4\\)`));
  has(/^█*░* [01]\/2 files \|/);
  const end = lines.slice(lines.findIndex((line) => line.startsWith('saved ')));
  assert.deepEqual(end.slice(0, 2).toSorted(), ['saved busy (100 B)', 'saved slow (100 B)']);
  assert.match(end[2] ?? '', /^2 files in all, in /);
});

test('ProgressBar: get shows one bar of many files, which stays', async (t) => {
  const { cwd } = await serve(t);
  const { url } = await serveHttp(t, async (request, response) => {
    if (request.url === '/3') await setTimeout(2_500);
    response.end('x');
  });
  await writeFile(
    join(cwd, 'list.txt'),
    Array.from({ length: 9 }, (_, i) => `${url}/${i}\n`),
  );
  const { raw, lines } = await runInTerminal({ cwd, env: {} }, 100, 'get', '-i', 'list.txt');
  const { host } = new URL(url);
  assert.match(raw, new RegExp(`\\d\\.\\d s {2}0 B +${host} {2}/3`));
  assert.ok(
    lines.some((line) => /^█+░+ 8\/9 files \| .* left$/.test(line)),
    lines.join('\n'),
  );
  // The lines below the last bar were erased at the end.
  const rest = raw.slice(raw.lastIndexOf('9/9 files'));
  const details = rest.lastIndexOf('in flight');
  assert.ok(details === -1 || rest.slice(details).includes('\x1b['), JSON.stringify(rest));
  assert.match(rest, /saved 9 files \(9 B\) in \.\/\r\n9 files in all/);
});
