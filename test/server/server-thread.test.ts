// Slow: starts threads.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { startFlagServer } from '../../src/server/flag-server.ts';
import {
  connectServerThread,
  ServerThreadError,
  startFlagServerInThread,
} from '../../src/server/server-thread.ts';
import { ask } from './ask.ts';

const MODULE = new URL('../../src/server/server-thread.ts', import.meta.url);

/** A thread that starts like a server's, then runs the code of the test. */
function workerThat(afterwards: string): Worker {
  const code = `
    const { parentPort } = require('node:worker_threads');
    parentPort.postMessage({ type: 'ready', info: { label: 'LOCAL', port: 1 } });
    ${afterwards}
  `;
  return new Worker(code, { eval: true });
}

test('startFlagServerInThread: serves flags, and reports its stats', async () => {
  await using server = await startFlagServerInThread({ label: 'LOCAL', port: 0, seed: 4 });
  assert.equal(server.label, 'LOCAL');
  assert.equal(server.seed, 4);
  assert.equal(server.url, `http://localhost:${server.port}/flags`);
  const { body } = await ask(`${server.url}/br/br.gif`);
  const asset = new URL('../../assets/flags/br.gif', import.meta.url);
  assert.deepEqual(body, await readFile(asset));
  const [stats, again] = await Promise.all([server.stats(), server.stats()]);
  assert.deepEqual(stats, { requests: 1, inFlight: 0, maxInFlight: 1, byStatus: { 200: 1 } });
  assert.deepEqual(again, stats);
});

test('startFlagServerInThread: fails with the same error as startFlagServer', async () => {
  await using taken = await startFlagServer({ label: 'LOCAL', port: 0 });
  const options = { label: 'ERROR', port: taken.port } as const;
  const error = await startFlagServer(options).catch((reason: unknown) => reason);
  assert.ok(error instanceof Error);
  await assert.rejects(startFlagServerInThread(options), {
    name: 'PortUnavailableError',
    message: error.message,
    label: 'ERROR',
    port: taken.port,
    code: 'EADDRINUSE',
  });
  await assert.rejects(startFlagServerInThread({ label: 'LOCAL', port: -1 }), RangeError);
});

test('FlagServerThread.close: cuts off requests, frees the port and ends the thread', async () => {
  const never = { min: 1e9, max: 1e9 };
  const server = await startFlagServerInThread({ label: 'DELAY', port: 0, delay: never });
  const cut = assert.rejects(ask(`${server.url}/br/br.gif`), { code: 'ECONNRESET' });
  while ((await server.stats()).inFlight === 0);
  await Promise.all([server.close(), server.close(), server.closed, cut]);
  await assert.rejects(server.stats(), ServerThreadError);
  await using again = await startFlagServer({ label: 'LOCAL', port: server.port });
  assert.equal(again.port, server.port);
});

test('connectServerThread: a crash rejects closed, close() and pending stats()', async () => {
  const worker = workerThat(`parentPort.on('message', () => { throw new TypeError('broken'); });`);
  const server = await connectServerThread(worker);
  const stats = server.stats();
  const crash = { name: 'ServerThreadError', message: /failed: broken$/ };
  await Promise.all([assert.rejects(stats, crash), assert.rejects(server.closed, crash)]);
  await assert.rejects(server.close(), crash);
  await assert.rejects(server.stats(), crash);
  const cause = await server.closed.catch((error: Error) => error.cause);
  assert.ok(cause instanceof TypeError);
});

test('connectServerThread: a thread that ends by itself rejects closed', async () => {
  const server = await connectServerThread(workerThat('process.exit(0);'));
  await assert.rejects(server.closed, { name: 'ServerThreadError', message: /ended: 0$/ });
});

test('connectServerThread: rejects if the thread crashes before the server is ready', async () => {
  const worker = new Worker(`throw new Error('no such thing');`, { eval: true });
  await assert.rejects(connectServerThread(worker), {
    name: 'ServerThreadError',
    message: /failed: no such thing$/,
  });
});

test('startFlagServerInThread: an unhandled crash ends the process with its error', async () => {
  const script = `
    import { Worker } from 'node:worker_threads';
    import { connectServerThread } from ${JSON.stringify(MODULE)};
    const ready = "require('node:worker_threads').parentPort.postMessage({ type: 'ready' });";
    const code = ready + "throw new Error('unseen')";
    await connectServerThread(new Worker(code, { eval: true, execArgv: [] }));
    setInterval(() => {}, 1000);
  `;
  await assert.rejects(runScript(script), { code: 1, stderr: /ServerThreadError: .*unseen/ });
});

test('startFlagServerInThread: a running server does not keep the process alive', async () => {
  const script = `
    import { startFlagServerInThread } from ${JSON.stringify(MODULE)};
    const server = await startFlagServerInThread({ label: 'LOCAL', port: 0 });
    console.log((await server.stats()).requests);
  `;
  assert.equal((await runScript(script)).stdout, '0\n');
});

function runScript(script: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
}
