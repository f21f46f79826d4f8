// Slow: starts processes.
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { ended, startNode } from '../../cli/run-flaghoist.ts';
import { SILENT, serveNames } from '../../support/name-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const moduleOf = (path: string) =>
  JSON.stringify(new URL(`../../../src/fetch/${path}`, import.meta.url));

/**
 * Runs a script in a process of its own. @returns its lines, and how long it lived after the last
 * one
 */
async function run(t: TestContext, script: string, ...options: string[]) {
  const child = startNode(...options, '--input-type=module', '--eval', script);
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  let since = Number.NaN;
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    since = performance.now();
  });
  child.stderr.pipe(process.stderr);
  assert.deepEqual(await ended(child), { code: 0, signal: null });
  return { lines, lived: performance.now() - since };
}

test('HostResolver: unanswered names do not keep the process alive after disposal', async (t) => {
  const hosts = Array.from({ length: 20 }, (_, i) => `silent${i}.example`);
  const names = await serveNames(t, Object.fromEntries(hosts.map((host) => [host, SILENT])));
  const { lines, lived } = await run(
    t,
    `import { HttpClient } from ${moduleOf('http-client.ts')};
     const client = new HttpClient({ dns: { servers: ['${names.address}'] } });
     const stop = new AbortController();
     const body = { begin() {}, write() {} };
     const gets = ${JSON.stringify(hosts)}.map((host) =>
       client.get({ url: 'http://' + host + '/' }, body, { signal: stop.signal }));
     const ends = Promise.allSettled(gets);
     setTimeout(async () => {
       stop.abort();
       await ends;
       await client[Symbol.asyncDispose]();
       console.log('disposed');
     }, 200);`,
  );
  assert.deepEqual(lines, ['disposed']);
  // The command takes a minute.
  assert.ok(lived < 10_000, `it lived for ${lived} ms`);
  assert.ok(names.queries.length >= 20);
});

test('HostResolver: an unanswered getent does not keep the process alive after disposal', {
  skip: process.platform === 'win32',
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const getent = join(directory, 'getent');
  await writeFile(getent, '#!/bin/sh\nexec sleep 60\n');
  await chmod(getent, 0o755);
  const { lines, lived } = await run(
    t,
    `import { SystemLookup } from ${moduleOf('dns/system-lookup.ts')};
     const system = new SystemLookup({ getent: ${JSON.stringify(getent)} });
     for (let i = 0; i < 20; i++) system.lookup('h' + i, () => console.log('answered'));
     setTimeout(() => {
       system[Symbol.dispose]();
       console.log('disposed');
     }, 200);`,
  );
  assert.deepEqual(lines, ['disposed']);
  // The command takes a minute.
  assert.ok(lived < 10_000, `it lived for ${lived} ms`);
});

test('HostResolver: memory does not grow with the hosts of a list', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const nsswitch = join(await temporaryDirectory(t), 'nsswitch.conf');
  await writeFile(nsswitch, 'hosts: files nis\n');
  const { lines } = await run(
    t,
    `import { HostResolver } from ${moduleOf('dns/host-resolver.ts')};
     const system = {
       lookup(host, answer) {
         answer(undefined, ['192.0.2.1', '2001:db8::' + host.length]);
         return { [Symbol.dispose]() {} };
       },
       [Symbol.dispose]() {},
     };
     const resolver = new HostResolver({ system, files: { nsswitch: '${nsswitch}' } });
     const listener = { onAddresses() {}, onFailure() {} };
     const heap = (hosts, first) => {
       for (let i = first; i < first + hosts; i++) resolver.lookup('host' + i + '.example', listener);
       gc();
       return process.memoryUsage().heapUsed;
     };
     console.log(JSON.stringify([heap(1, 0), heap(4_000, 1), heap(16_000, 4_001)]));
     resolver.lookup('x', listener);`,
    '--expose-gc',
  );
  const [empty = 0, full = 0, later = 0] = JSON.parse(lines[0] ?? '[]') as number[];
  assert.ok(full - empty > 1_000_000, `${full - empty} bytes for what is kept`);
  assert.ok(full - empty < 4_000 * 700, `${full - empty} bytes for 4,000 hosts`);
  assert.ok(later - full < 3_000_000, `${later - full} bytes more`);
});
