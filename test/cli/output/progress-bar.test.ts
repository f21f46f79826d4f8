import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
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

test('ProgressBar: get shows slow requests while it runs, and leaves only the bar', async (t) => {
  const { cwd } = await serve(t);
  // A request is slow after a second. A busy machine may take as long again to draw it.
  const { url } = await serveHttp(t, async (request, response) => {
    if (request.url === '/slow') await setTimeout(3_000);
    response.end('x');
  });
  const run = await runInTerminal({ cwd, env: {} }, 100, 'get', `${url}/slow`, `${url}/fast`);
  const { host } = new URL(url);
  assert.match(run.raw, new RegExp(`\\d\\.\\d s {2}${host} {2}/slow`));
  assert.match(run.raw, /[▁-█] \d\.\d\/s \| \d+ B\/s now \| 1 of \d+ requests? in flight/);
  // The lines below the last bar were erased at the end.
  const rest = run.raw.slice(run.raw.lastIndexOf('2/2 |'));
  const details = rest.lastIndexOf('in flight');
  assert.ok(details === -1 || rest.slice(details).includes('\x1b['), JSON.stringify(rest));
  assert.match(rest, /2 rows in all/, 'and does not draw it again below the summary');
});
