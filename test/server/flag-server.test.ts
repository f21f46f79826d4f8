// Slow: waits in real time.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { startFlagServer } from '../../src/server/flag-server.ts';
import { answerTo, ask, send, until } from './ask.ts';

const ASSETS = new URL('../../assets/flags/', import.meta.url);
const CODES = ['ad', 'br', 'cn', 'de', 'eg', 'fr', 'gb', 'hu', 'in', 'jp', 'ke', 'la'];

test('startFlagServer: serves flags byte for byte', async () => {
  await using server = await startFlagServer({ label: 'LOCAL', port: 0 });
  assert.equal(server.url, `http://localhost:${server.port}/flags`);
  for (const code of CODES) {
    const { status, headers, body } = await ask(`${server.url}/${code}/${code}.gif`);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'image/gif');
    assert.equal(headers['content-length'], String(body.length));
    assert.deepEqual(body, await readFile(new URL(`${code}.gif`, ASSETS)));
  }
});

test('startFlagServer: HEAD has the headers of GET and no body', async () => {
  await using server = await startFlagServer({ label: 'LOCAL', port: 0 });
  const url = `${server.url}/br/br.gif`;
  const [get, head] = [await ask(url), await ask(url, 'HEAD')];
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  for (const name of ['content-type', 'content-length', 'etag', 'server']) {
    assert.equal(head.headers[name], get.headers[name], name);
  }
});

test('startFlagServer: ignores the query when it looks up the flag', async () => {
  await using server = await startFlagServer({ label: 'LOCAL', port: 0 });
  assert.equal((await ask(`${server.url}/br/br.gif?row=1`)).status, 200);
});

test('startFlagServer: the probe is answered at once, without errors, and is not counted', async () => {
  const never = { min: 1e9, max: 1e9 };
  await using server = await startFlagServer({
    label: 'ERROR',
    port: 0,
    delay: never,
    lateRate: 1,
    errorRate: 1,
  });
  const { status, headers, body } = await ask(new URL('/', server.url));
  assert.equal(status, 200);
  assert.equal(headers.server, 'flaghoist');
  assert.equal(body.toString(), 'flaghoist ERROR server\n');
  assert.equal(server.stats.requests, 0);
});

test('startFlagServer: all responses, even a 404, come after the delay and not before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using server = await startFlagServer({ label: 'DELAY', port: 0 });
  const answers = [ask(`${server.url}/br/br.gif`), ask(`${server.url}/zz/zz.gif`)];
  await until(() => server.stats.inFlight === 2);
  t.mock.timers.tick(499);
  assert.deepEqual(server.stats.byStatus, {});
  t.mock.timers.tick(1);
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  assert.deepEqual(statuses, [200, 404]);
});

test('FlagServer.stats: the requests in flight, and their maximum', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using server = await startFlagServer({ label: 'DELAY', port: 0 });
  const first = CODES.slice(0, 5).map((code) => ask(`${server.url}/${code}/${code}.gif`));
  await until(() => server.stats.inFlight === 5);
  t.mock.timers.tick(500);
  await Promise.all(first);
  await until(() => server.stats.inFlight === 0);
  const last = ask(`${server.url}/br/br.gif`);
  await until(() => server.stats.inFlight === 1);
  t.mock.timers.tick(500);
  await last;
  const { requests, maxInFlight, byStatus } = server.stats;
  assert.deepEqual(
    { requests, maxInFlight, byStatus },
    { requests: 6, maxInFlight: 5, byStatus: { 200: 6 } },
  );
});

test('startFlagServer: a client that disconnects during the delay is not answered, nor in flight', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using server = await startFlagServer({ label: 'DELAY', port: 0 });
  const sent = send(`${server.url}/br/br.gif`);
  const gone = assert.rejects(answerTo(sent), { code: 'ECONNRESET' });
  await until(() => server.stats.inFlight === 1);
  sent.destroy();
  await gone;
  await until(() => server.stats.inFlight === 0);
  t.mock.timers.tick(500);
  const { requests, inFlight, byStatus } = server.stats;
  assert.deepEqual({ requests, inFlight, byStatus }, { requests: 1, inFlight: 0, byStatus: {} });
});

test('FlagServer.close: during a delay, ends the connection, clears the timer and frees the port', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const server = await startFlagServer({ label: 'DELAY', port: 0 });
  const cut = assert.rejects(ask(`${server.url}/br/br.gif`), { code: 'ECONNRESET' });
  await until(() => server.stats.inFlight === 1);
  await server.close();
  await cut;
  assert.equal(server.stats.inFlight, 0);
  t.mock.timers.tick(500);
  assert.deepEqual(server.stats.byStatus, {});

  await using again = await startFlagServer({ label: 'LOCAL', port: server.port });
  assert.equal((await ask(`${again.url}/br/br.gif`)).status, 200);
});

test('startFlagServer: the same seed fails the same flags, one at a time and all at once', async () => {
  const options = { label: 'ERROR', port: 0, lateRate: 0, errorRate: 0.5, seed: 3 } as const;
  await using one = await startFlagServer(options);
  await using other = await startFlagServer(options);
  const alone: (number | undefined)[] = [];
  for (const code of CODES) alone.push((await ask(`${one.url}/${code}/${code}.gif`)).status);
  const together = CODES.toReversed().map((code) => ask(`${other.url}/${code}/${code}.gif`));
  const statuses = (await Promise.all(together)).map(({ status }) => status).reverse();
  assert.deepEqual(statuses, alone);
  assert.ok(alone.includes(200) && alone.some((status) => (status ?? 0) >= 500), `${alone}`);
  assert.deepEqual(one.stats.byStatus, other.stats.byStatus);
});

test('startFlagServer: on a taken port, fails with one line that says what to do', async () => {
  await using taken = await startFlagServer({ label: 'LOCAL', port: 0 });
  await assert.rejects(startFlagServer({ label: 'ERROR', port: taken.port }), {
    name: 'PortUnavailableError',
    message:
      `ERROR server: port ${taken.port} is taken; ` +
      'stop what is listening there or choose another with --port',
    label: 'ERROR',
    port: taken.port,
    code: 'EADDRINUSE',
  });
});

test('startFlagServer: refuses options out of bounds', async () => {
  await assert.rejects(startFlagServer({ label: 'LOCAL', port: -1 }), RangeError);
});

test('startFlagServer: answers a thousand connections at a time', async () => {
  const held = { min: 200, max: 200 };
  await using server = await startFlagServer({ label: 'DELAY', port: 0, delay: held });
  const answers = Array.from({ length: 1000 }, () => ask(`${server.url}/br/br.gif`));
  const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
  assert.deepEqual([...statuses], [200]);
  assert.equal(server.stats.requests, 1000);
});
