import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ALL_COUNTRIES } from '../../../src/flags/country-codes.ts';
import { type FlagServer, startFlagServer } from '../../../src/server/flag-server.ts';
import type { DelayRange } from '../../../src/server/presets.ts';
import type { FlagServerOptions } from '../../../src/server/settings.ts';
import { finished, runFlaghoistIn, type Surroundings, startFlaghoistIn } from '../run-flaghoist.ts';
import { stderrOfWrongUsage } from '../wrong-usage.ts';

const USAGE =
  'usage: flaghoist flags [-h] [-a] [-e] [-l N] [-m CONCURRENT] [-s LABEL] [-v] [--dashboard [PORT]] [CC ...]\n';
const ASSETS = new URL('../../../assets/flags/', import.meta.url);

/** Tests mock `setTimeout` for the server, which is in their process. */
const inRealTime = setTimeout;

/** An empty directory to run the command in. */
async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'flags-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

/** A server in this process, with its statistics, and an environment that names it. */
async function serve(
  t: TestContext,
  options: Omit<FlagServerOptions, 'port'>,
): Promise<{ server: FlagServer; surroundings: Required<Surroundings> }> {
  const server = await startFlagServer({ ...options, port: 0 });
  t.after(() => server.close());
  const surroundings = {
    cwd: await directory(t),
    env: { [`FLAGHOIST_${options.label}`]: server.url },
  };
  return { server, surroundings };
}

/** Late responses are exactly so many ms late. */
function late(ms: number): DelayRange {
  return { min: ms, max: ms };
}

/** The output without the parts that differ from run to run. */
function masked(output: string, server: FlagServer): string {
  return output.replaceAll(server.url, 'URL').replace(/\d+\.\d\ds$/m, 'TIME');
}

/** Checks that exactly these flags were saved, byte for byte. */
async function assertSaved(cwd: string, codes: readonly string[]): Promise<void> {
  const names = codes.map((code) => `${code.toLowerCase()}.gif`).sort();
  assert.deepEqual((await readdir(join(cwd, 'downloads'))).sort(), names);
  for (const name of names) {
    const [saved, served] = await Promise.all([
      readFile(join(cwd, 'downloads', name)),
      readFile(new URL(name, ASSETS)),
    ]);
    assert.ok(saved.equals(served), name);
  }
}

const MOST_POPULOUS = 'BD BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN'.split(' ');

test('flags: downloads the 20 most populous countries by default', async (t) => {
  const { server, surroundings } = await serve(t, { label: 'LOCAL' });
  const { code, stdout, stderr } = await runFlaghoistIn(surroundings, 'flags');
  assert.equal(
    masked(stdout, server),
    `LOCAL site: URL
Searching for 20 flags: from BD to VN
5 concurrent connections will be used.
--------------------
20 flags downloaded.
Elapsed time: TIME
`,
  );
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  await assertSaved(surroundings.cwd, MOST_POPULOUS);
});

test('flags: codes and first letters in any case, each once, sorted', async (t) => {
  const { server, surroundings } = await serve(t, { label: 'LOCAL' });
  const { code, stdout } = await runFlaghoistIn(surroundings, 'flags', 'br', 'Us', 'US', 'z');
  assert.equal(
    masked(stdout, server),
    `LOCAL site: URL
Searching for 28 flags: from BR to ZZ
5 concurrent connections will be used.
--------------------
5 flags downloaded.
23 not found.
Elapsed time: TIME
`,
  );
  assert.equal(code, 0);
  await assertSaved(surroundings.cwd, ['BR', 'US', 'ZA', 'ZM', 'ZW']);
});

test('flags: one flag and one connection are singular', async (t) => {
  const { server, surroundings } = await serve(t, { label: 'LOCAL' });
  const { stdout } = await runFlaghoistIn(surroundings, 'flags', 'BR');
  assert.equal(
    masked(stdout, server),
    `LOCAL site: URL
Searching for 1 flag: BR
1 concurrent connection will be used.
--------------------
1 flag downloaded.
Elapsed time: TIME
`,
  );
});

test('flags --verbose: prints a line for each flag', async (t) => {
  const { server, surroundings } = await serve(t, {
    label: 'ERROR',
    delay: late(0),
    errorRate: 1,
    seed: 1,
  });
  const failing = await runFlaghoistIn(surroundings, 'flags', '-v', '-s', 'error', 'BR');
  assert.match(
    masked(failing.stdout, server),
    /^\*\*\* Error for BR: 50[0234] [A-Z][A-Za-z ]+\n-{20}\n0 flags downloaded\.\n1 error\.\n/m,
  );
  assert.equal(failing.code, 1);

  const local = await serve(t, { label: 'LOCAL' });
  const { stdout } = await runFlaghoistIn(local.surroundings, 'flags', '--verbose', 'BR', 'ZZ');
  assert.deepEqual(masked(stdout, local.server).split('\n').slice(3).sort(), [
    '',
    '-'.repeat(20),
    '1 flag downloaded.',
    '1 not found.',
    'BR OK',
    'Elapsed time: TIME',
    'ZZ not found',
  ]);
});

test('flags -s ERROR: the failures of a seed are the same each time', async (t) => {
  const { server, surroundings } = await serve(t, { label: 'ERROR', delay: late(0), seed: 42 });
  const { code, stdout } = await runFlaghoistIn(
    surroundings,
    ...['flags', '-s', 'ERROR', '-al', '100', '-m', '100'],
  );
  const { byStatus } = server.stats;
  const ok = byStatus[200] ?? 0;
  // This seed always draws 72 for these 100 flags.
  assert.equal(ok, 72);
  assert.equal(
    masked(stdout, server),
    `ERROR site: URL
Searching for 100 flags: from AD to LK
100 concurrent connections will be used.
--------------------
${ok} flags downloaded.
${100 - ok} errors.
Elapsed time: TIME
`,
  );
  assert.equal(code, 1);
  assert.equal((await readdir(join(surroundings.cwd, 'downloads'))).length, ok);
});

test('flags --every: of 676 codes 194 are found', async (t) => {
  const { server, surroundings } = await serve(t, { label: 'LOCAL' });
  const { code, stdout } = await runFlaghoistIn(surroundings, 'flags', '--every', '-m', '50');
  assert.equal(
    masked(stdout, server),
    `LOCAL site: URL
Searching for 676 flags: from AA to ZZ
50 concurrent connections will be used.
--------------------
194 flags downloaded.
482 not found.
Elapsed time: TIME
`,
  );
  assert.equal(code, 0);
  assert.deepEqual(server.stats.byStatus, { 200: 194, 404: 482 });
  await assertSaved(surroundings.cwd, ALL_COUNTRIES);
});

for (const [limit, codes] of [
  [1, 3],
  [7, 21],
  [60, 120],
] as const) {
  test(`flags -m ${limit}: has that many requests in flight, and never more`, async (t) => {
    const { server, surroundings } = await serve(t, { label: 'DELAY', delay: late(500) });
    // The server answers when all requests that may be in flight have arrived.
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const args = ['flags', '-s', 'DELAY', '-al', String(codes), '-m', String(limit)];
    const run = runFlaghoistIn(surroundings, ...args);
    for (let arrived: number = limit; arrived <= codes; arrived += limit) {
      await until(() => server.stats.requests === arrived);
      t.mock.timers.tick(500);
    }
    assert.match((await run).stdout, new RegExp(`^${codes} flags downloaded\\.$`, 'm'));
    assert.equal(server.stats.maxInFlight, limit);
  });
}

test('flags: no more connections than codes, and no more than 1000', async (t) => {
  const { surroundings } = await serve(t, { label: 'LOCAL' });
  const few = await runFlaghoistIn(surroundings, 'flags', '--max-req', '90', 'BR', 'US');
  assert.match(few.stdout, /^2 concurrent connections will be used\.$/m);
  const many = await runFlaghoistIn(surroundings, 'flags', '--max_req', '5000', '--every');
  assert.match(many.stdout, /^676 concurrent connections will be used\.$/m);
});

test('flags: wrong usage is exit code 2, without a request', async (t) => {
  const { server, surroundings } = await serve(t, { label: 'LOCAL' });
  assert.deepEqual(await runFlaghoistIn(surroundings, 'flags', 'BRA'), {
    code: 2,
    signal: null,
    stdout: '',
    stderr: `*** Usage error: each CC argument must be A to Z or AA to ZZ.\n${USAGE}`,
  });
  assert.equal(server.stats.requests, 0);
  assert.deepEqual(await readdir(surroundings.cwd), []);
});

for (const [args, message] of [
  [['-m', '0'], '--max_req CONCURRENT must be >= 1'],
  [['--max-req', '-3'], '--max-req CONCURRENT must be >= 1'],
  [['-m', '2.5'], '--max_req CONCURRENT must be >= 1'],
  [['-m', 'many'], '--max_req CONCURRENT must be >= 1'],
  [['-l', '0'], '--limit N must be >= 1'],
  [['--limit', 'x'], '--limit N must be >= 1'],
  [['-s', 'NEAR'], '--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE'],
  [['B1'], 'each CC argument must be A to Z or AA to ZZ.'],
  [['US', 'é'], 'each CC argument must be A to Z or AA to ZZ.'],
  [['--wrong'], "unknown option '--wrong'"],
  [['-m'], "option '-m, --max_req <CONCURRENT>' argument missing"],
] as const) {
  test(`flags ${args.join(' ')}: is wrong usage`, async (t) => {
    const stderr = await stderrOfWrongUsage(t, 'flags', ...args);
    assert.equal(stderr, `*** Usage error: ${message}\n${USAGE}`);
  });
}

test('flags -h: shows every option and the defaults', async (t) => {
  const { code, stdout } = await runFlaghoistIn({ cwd: await directory(t) }, 'flags', '-h');
  for (const word of ['--all', '--every', '--limit', '--max_req', '(default: 5)', '--verbose']) {
    assert.ok(stdout.includes(word), word);
  }
  assert.equal(code, 0);
});

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`flags: ${signal} cancels the requests in flight, and counts the rest as cancelled`, async (t) => {
    const { server, surroundings } = await serve(t, { label: 'DELAY', delay: late(60_000) });
    const child = startFlaghoistIn(surroundings, 'flags', '-s', 'DELAY', '-am', '30');
    const end = finished(child);
    await until(() => server.stats.inFlight === 30);
    child.kill(signal);
    const { code, stdout } = await end;
    assert.match(
      masked(stdout, server),
      /^-{20}\n0 flags downloaded\.\n194 cancelled\.\nElapsed time: TIME\n$/m,
    );
    assert.equal(code, expected);
    assert.deepEqual(await readdir(join(surroundings.cwd, 'downloads')), []);
    await until(() => server.stats.inFlight === 0);
    assert.equal(server.stats.requests, 30);
  });
}

test('flags: starts a missing server for the run, and says so', async (t) => {
  const port = await freePort();
  const cwd = await directory(t);
  const env = { FLAGHOIST_LOCAL: `http://localhost:${port}/flags` };
  const { code, stdout, stderr } = await runFlaghoistIn({ cwd, env }, 'flags', 'BR', 'IN');
  assert.equal(
    stderr,
    `flaghoist: no server at ${env.FLAGHOIST_LOCAL}; started one for this run.\n`,
  );
  assert.match(stdout, /^2 flags downloaded\.$/m);
  assert.equal(code, 0);
  await assertSaved(cwd, ['BR', 'IN']);
});

test('flags: a port used by something else is one line and exit code 3', async (t) => {
  const stranger = createServer((socket) => socket.end('220 not the web\r\n')).listen(
    0,
    'localhost',
  );
  t.after(() => stranger.close());
  await once(stranger, 'listening');
  const { port } = stranger.address() as { port: number };
  const env = { FLAGHOIST_LOCAL: `http://localhost:${port}/flags` };
  const { code, stdout, stderr } = await runFlaghoistIn({ cwd: await directory(t), env }, 'flags');
  assert.match(
    stderr,
    /^flaghoist: localhost:\d+ is in use by something that is not a web server \(.+\); stop it, or set FLAGHOIST_LOCAL to another URL\n$/,
  );
  assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
});

test('flags: a directory that cannot be made is one line and exit code 3', async (t) => {
  const { surroundings } = await serve(t, { label: 'LOCAL' });
  await writeFile(join(surroundings.cwd, 'downloads'), 'a file is in the way');
  const { code, stderr } = await runFlaghoistIn(surroundings, 'flags', 'BR');
  assert.match(
    stderr,
    /^flaghoist: cannot create the directory downloads: something else is in its place: .+\n$/,
  );
  assert.equal(code, 3);
});

test('flags: goes on when the reader of its output is gone', async (t) => {
  const { server, surroundings } = await serve(t, { label: 'DELAY', delay: late(100) });
  const child = startFlaghoistIn(surroundings, 'flags', '-v', '-s', 'DELAY', '-m', '2');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  assert.equal(server.stats.byStatus[200], 20);
  await assertSaved(surroundings.cwd, MOST_POPULOUS);
});

/** Waits until `condition` holds. The timeout of the test ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => inRealTime(resolve, 5));
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, 'localhost');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  holder.close();
  await once(holder, 'close');
  return port;
}
