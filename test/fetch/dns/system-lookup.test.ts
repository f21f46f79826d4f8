import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SystemLookup } from '../../../src/fetch/dns/system-lookup.ts';
import { until } from '../../server/ask.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const skip = process.platform !== 'linux';

/** Puts a script in the place of `getent`, for this test. */
async function getentThat(t: TestContext, script: string): Promise<void> {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'getent'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const before = process.env.PATH;
  process.env.PATH = `${directory}:${before}`;
  t.after(() => {
    process.env.PATH = before;
  });
}

function open(t: TestContext) {
  const system = new SystemLookup(true);
  t.after(() => system[Symbol.dispose]());
  const told: unknown[] = [];
  return {
    system,
    told,
    look: (host: string) =>
      system.lookup(host, (error, addresses) => told.push(error?.code ?? addresses)),
  };
}

test('SystemLookup: what getent prints, each address once', { skip }, async (t) => {
  await getentThat(
    t,
    'printf "%s\\n" "::1 STREAM $2" "::1 DGRAM" "10.0.0.1 STREAM" "10.0.0.1 RAW"',
  );
  const { told, look } = open(t);
  look('h.example');
  await until(() => told.length > 0);
  assert.deepEqual(told, [['::1', '10.0.0.1']]);
});

for (const [code, expected] of [
  [2, 'ENOTFOUND'],
  [1, 'EAI_AGAIN'],
] as const) {
  test(`SystemLookup: ${expected} when getent ends with ${code}`, { skip }, async (t) => {
    await getentThat(t, `exit ${code}`);
    const { told, look } = open(t);
    look('h.example');
    await until(() => told.length > 0);
    assert.deepEqual(told, [expected]);
  });
}

test('SystemLookup: the real getent knows localhost', { skip }, async (t) => {
  const { told, look } = open(t);
  look('localhost');
  await until(() => told.length > 0);
  assert.ok([told[0]].flat().some((address) => ['127.0.0.1', '::1'].includes(String(address))));
});

test('SystemLookup: without getent it is the resolver of Node', { skip }, async (t) => {
  const before = process.env.PATH;
  process.env.PATH = await temporaryDirectory(t);
  t.after(() => {
    process.env.PATH = before;
  });
  const { told, look } = open(t);
  look('127.0.0.1');
  await until(() => told.length > 0);
  assert.deepEqual(told, [['127.0.0.1']]);
});

test('SystemLookup: of 40 names 16 are looked up at a time, and all are answered', {
  skip,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const gate = join(directory, 'gate');
  await getentThat(t, `while [ ! -e ${gate} ]; do sleep 0.02; done; echo "10.0.0.1 $2"`);
  const { told, look } = open(t);
  const running = () => process.getActiveResourcesInfo().filter((r) => r === 'ProcessWrap').length;
  const before = running();
  for (let i = 0; i < 40; i++) look(`h${i}.example`);
  assert.equal(running() - before, 16);
  await writeFile(gate, '');
  await until(() => told.length === 40);
});

test('SystemLookup: a look-up that is given up ends its process, and one that waits comes on', {
  skip,
}, async (t) => {
  await getentThat(t, '[ "$2" = h.example ] && echo 10.0.0.1 || exec sleep 60');
  const { told, look } = open(t);
  const silent = Array.from({ length: 16 }, (_, i) => look(`silent${i}.example`));
  look('h.example');
  for (const lookup of silent) lookup[Symbol.dispose]();
  await until(() => told.length > 0);
  assert.deepEqual(told, [['10.0.0.1']]);
});

test('SystemLookup: disposed of, nothing is told, and every process ends', { skip }, async (t) => {
  // What is left open is found by test/no-leftovers.ts.
  await getentThat(t, 'exec sleep 60');
  const { system, told, look } = open(t);
  for (let i = 0; i < 20; i++) look(`silent${i}.example`);
  system[Symbol.dispose]();
  await until(() => !process.getActiveResourcesInfo().includes('ProcessWrap'));
  assert.deepEqual(told, []);
});
