// Slow: starts PostgreSQL, and a process that it kills
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SilentProxy } from '../../support/silent-proxy.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { limitedRun } from './limited-run.ts';
import { testsWithLimits } from './limits-database.ts';

const limitsTest = testsWithLimits();

/** A server that counts the requests in flight, and answers after 20 ms. */
async function startServer(
  t: TestContext,
  answer: (response: ServerResponse, path: string) => void = (response) => response.end('file'),
) {
  const seen = { inFlight: 0, most: 0, arrivals: [] as number[], paths: [] as string[] };
  const server = createServer((request, response) => {
    seen.arrivals.push(performance.now());
    seen.paths.push(request.url ?? '');
    seen.most = Math.max(seen.most, ++seen.inFlight);
    // Also when its client was killed.
    response.once('close', () => seen.inFlight--);
    setTimeout(() => answer(response, request.url ?? ''), 20);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

limitsTest(
  'FleetLimits: no more requests than the limit over several processes, of which one is killed',
  async ({ server: postgres }, t) => {
    const { seen, url } = await startServer(t);
    const directory = await temporaryDirectory(t);
    const options = (name: string, rows: number) => ({
      ...{ url: `${url}/${name}`, rows, limit: 4 },
      directory: join(directory, name),
    });
    const script = join(import.meta.dirname, 'limited-process.ts');
    const killed = spawn(
      process.execPath,
      [script, postgres.url, JSON.stringify(options('killed', 100_000))],
      { stdio: 'inherit' },
    );
    const ended = once(killed, 'close');
    while (seen.arrivals.length < 50) await new Promise((done) => setTimeout(done, 5));
    assert.equal(seen.most, 4);
    const runs = [
      limitedRun(postgres.url, options('one', 150)),
      limitedRun(postgres.url, options('two', 150)),
    ];
    // All three have a share of the four by then.
    const hasCome = (name: string) => seen.paths.some((path) => path.startsWith(`/${name}/`));
    while (!hasCome('one') || !hasCome('two')) await new Promise((done) => setTimeout(done, 5));
    killed.kill('SIGKILL');
    await ended;
    const outcomes = (await Promise.all(runs)).flat();
    assert.equal(outcomes.filter(({ status }) => status === 'ok').length, 300);
    assert.equal(seen.most, 4);
  },
);

limitsTest(
  'FleetLimits: a run that hears nothing from the database ends its requests before others may have its share',
  async ({ server: postgres }, t) => {
    const held: ServerResponse[] = [];
    let holds = true;
    const { seen, url } = await startServer(t, (response, path) => {
      if (holds && path.startsWith('/cut/')) held.push(response);
      else response.end('file');
    });
    const directory = await temporaryDirectory(t);
    const run = (name: string, database: string, rows: number) => {
      const options = { url: `${url}/${name}`, rows, limit: 4, directory: join(directory, name) };
      return limitedRun(database, options);
    };
    await using proxy = await SilentProxy.start(postgres.url, directory);
    const cutOff = run('cut', proxy.url, 6);
    while (held.length < 4) await new Promise((done) => setTimeout(done, 5));
    proxy.isSilent = true;
    const others = await run('other', postgres.url, 20);
    assert.deepEqual(new Set(others.map(({ status }) => status)), new Set(['ok']));
    // The requests were ended, though their server would go on for ever.
    assert.ok(held.every(({ destroyed }) => destroyed));
    assert.equal(seen.most, 4);
    holds = false;
    proxy.isSilent = false;
    assert.deepEqual(
      (await cutOff).map(({ status }) => status),
      Array.from({ length: 6 }, () => 'ok'),
    );
    assert.equal(seen.most, 4);
  },
);

limitsTest(
  'FleetLimits: a Retry-After to one run stops all of them within a second',
  async ({ server: postgres }, t) => {
    let askedAt = 0;
    const { seen, url } = await startServer(t, (response, path) => {
      if (askedAt === 0 && path === '/one/60') {
        askedAt = performance.now();
        response.writeHead(429, { 'Retry-After': '2' }).end();
      } else response.end('file');
    });
    const directory = await temporaryDirectory(t);
    const runs = ['one', 'two', 'three'].map((name) =>
      limitedRun(postgres.url, {
        ...{ url: `${url}/${name}`, rows: 200, limit: 6 },
        directory: join(directory, name),
      }),
    );
    const outcomes = (await Promise.all(runs)).flat();
    assert.ok(outcomes.every(({ status }) => status === 'ok'));
    const late = seen.arrivals.filter((at) => at > askedAt && at < askedAt + 1_950);
    const last = Math.max(0, ...late.map((at) => at - askedAt));
    t.diagnostic(`the last request came ${Math.round(last)} ms after the 429`);
    assert.ok(last < 1_000, `${last} ms`);
    assert.ok(seen.arrivals.some((at) => at > askedAt + 1_950));
    assert.ok(seen.most <= 6);
  },
);

limitsTest(
  'FleetLimits: a dead origin that one run has given up is given up by the others at once',
  async ({ server: postgres }, t) => {
    const directory = await temporaryDirectory(t);
    // Nothing listens there.
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    const first = await limitedRun(postgres.url, { url, rows: 3, limit: 4, directory });
    assert.deepEqual(new Set(first.map(({ reason }) => reason)), new Set(['connect']));
    const began = performance.now();
    const second = await limitedRun(postgres.url, { url, rows: 50, limit: 4, directory });
    assert.ok(performance.now() - began < 1_500);
    for (const outcome of second) {
      assert.equal(outcome.reason, 'connect');
      assert.partialDeepStrictEqual(outcome, { originDown: true, attempts: 0 });
    }
  },
);
