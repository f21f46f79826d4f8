import assert, { fail } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { describeServer } from '../../../src/cli/commands/serve.ts';
import { FAULTS } from '../../../src/server/faults/catalogue.ts';
import { listenOnLoopback } from '../../../src/server/loopback.ts';
import { type FlagServerOptions, resolveSettings } from '../../../src/server/settings.ts';
import { answerTo, ask, sendAndArrive } from '../../server/ask.ts';
import { ended, firstLines, runFlaghoist, startFlaghoist } from '../run-flaghoist.ts';
import { stderrOfWrongUsage } from '../wrong-usage.ts';

const SERVE_USAGE =
  'usage: flaghoist serve [-h] [--port N] [--delay D] [--error-rate R] [--late-rate R] [--seed N] [--fault NAME[:OPTIONS]] [--fault-rate R] [--faults] [LABEL ...]';

interface Served {
  label: string;
  url: string;
  traits: string;
}

/** Starts `flaghoist serve` and waits until it has printed a line for each of its servers. */
async function serve(t: TestContext, count: number, ...args: string[]) {
  const child = startFlaghoist('serve', '--port', '0', ...args);
  const end = ended(child);
  t.after(async () => {
    child.kill('SIGKILL');
    await end;
  });
  const servers = (await firstLines(child, count)).map((line): Served => {
    const [label = '', url = '', traits = ''] = line.split('  ');
    return { label, url, traits };
  });
  return { child, end, servers };
}

/** The first of several consecutive ports that are free on both loopback addresses. */
async function findFreePorts(count: number): Promise<number> {
  for (;;) {
    await using held = new AsyncDisposableStack();
    const hold = async (port: number) => {
      const listener = await listenOnLoopback(() => {}, port);
      held.defer(() => listener.close());
      return listener.port;
    };
    const first = await hold(0);
    try {
      for (let i = 1; i < count; i++) await hold(first + i);
      return first;
    } catch {
      // One of them is in use, or beyond the last port: try others.
    }
  }
}

test('serve: starts all three servers, and each answers', async (t) => {
  const { servers } = await serve(t, 3, '--seed', '7');
  assert.deepEqual(
    servers.map(({ label, traits }) => `${label}: ${traits}`),
    [
      'LOCAL: no delay, no errors',
      'DELAY: every response 500 ms late, no errors',
      'ERROR: 50 % of responses 500 ms late, 25 % errors, seed 7',
    ],
  );
  for (const { label, url } of servers) {
    assert.match(url, /^http:\/\/localhost:\d+\/flags$/);
    const { headers, body } = await ask(new URL('/', url));
    assert.equal(headers.server, 'flaghoist');
    assert.equal(body.toString(), `flaghoist ${label} server\n`);
  }
});

test('serve: labels in any case, and options in place of their presets', async (t) => {
  const { servers } = await serve(
    t,
    2,
    ...['error', 'Local', 'ERROR'],
    ...['--delay', '100ms-2s', '--error-rate', '1', '--late-rate', '0', '--seed', '1'],
  );
  assert.deepEqual(
    servers.map(({ label, traits }) => `${label}: ${traits}`),
    ['ERROR: no delay, 100 % errors, seed 1', 'LOCAL: no delay, 100 % errors, seed 1'],
  );
  const { status } = await ask(`${servers[1]?.url}/br/br.gif`);
  assert.ok(status !== undefined && status >= 500, `${status}`);
});

test('serve --port: the first server has that port, the others the next', async (t) => {
  const first = await findFreePorts(3);
  const { servers } = await serve(t, 3, '--port', String(first));
  assert.deepEqual(
    servers.map(({ url }) => Number(new URL(url).port)),
    [first, first + 1, first + 2],
  );
});

test('serve --faults: lists every fault with its options, and starts nothing', async () => {
  const { code, stdout, stderr } = await runFlaghoist('serve', '--faults');
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  for (const { name, summary, options } of FAULTS) {
    assert.ok(stdout.includes(`${name} `) && stdout.includes(summary), name);
    for (const option of Object.keys(options)) assert.ok(stdout.includes(`${option}=`), option);
  }
});

test('serve --fault: starts a server with that fault', async (t) => {
  const { servers } = await serve(t, 1, '--fault', 'error:status=418,times=9');
  const [{ label, url, traits } = fail()] = servers;
  assert.deepEqual([label, traits], ['FAULT', 'error:status=418,times=9']);
  assert.equal((await ask(`${url}/br/br.gif`)).status, 418);
});

test('serve --fault: may be repeated, and holds for a share of the requests', async (t) => {
  const { servers } = await serve(
    t,
    1,
    ...['--fault', 'empty', '--fault', 'error', '--fault-rate', '0.05', '--seed', '3'],
  );
  assert.equal(servers[0]?.traits, 'empty or error, 5 % of requests, seed 3');
});

test('serve --fault: with TLS it prints the certificate of its authority', async (t) => {
  const { child, end } = await serve(t, 1, '--fault', 'tls-self-signed');
  child.kill('SIGINT');
  assert.equal((await end).code, 0);
  const expired = startFlaghoist('serve', '--port', '0', '--fault', 'tls-expired');
  const [, second = ''] = await firstLines(expired, 2);
  expired.kill('SIGKILL');
  const path = second.replace(/^ *its certificate authority: /, '');
  assert.match(await readFile(path, 'utf8'), /BEGIN CERTIFICATE/);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`serve: ${signal} is exit code 0, also during a request`, async (t) => {
    const { child, end, servers } = await serve(t, 1, 'DELAY', '--delay', '1h');
    const sent = await sendAndArrive(`${servers[0]?.url}/br/br.gif`);
    const cut = assert.rejects(answerTo(sent), { code: 'ECONNRESET' });
    child.kill(signal);
    assert.deepEqual(await end, { code: 0, signal: null });
    await cut;
  });
}

test('serve: a port in use is one line, exit code 3 and no server at all', async () => {
  const first = await findFreePorts(2);
  const taken = await listenOnLoopback(() => {}, first + 1);
  try {
    const { code, stdout, stderr } = await runFlaghoist(
      ...['serve', 'LOCAL', 'DELAY', '--port', String(first)],
    );
    assert.equal(
      stderr,
      `flaghoist: DELAY server: port ${first + 1} is taken; ` +
        'stop what is listening there or choose another with --port\n',
    );
    assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
  } finally {
    await taken.close();
  }
});

test('serve: wrong usage is exit code 2, and starts nothing', async () => {
  assert.deepEqual(await runFlaghoist('serve', 'MOON'), {
    code: 2,
    signal: null,
    stdout: '',
    stderr: `*** Usage error: each LABEL must be one of DELAY, ERROR, LOCAL\n${SERVE_USAGE}\n`,
  });
});

for (const { args, message } of [
  { args: ['--port', '80000'], message: '--port N must be <= 65535' },
  { args: ['--port', '65534'], message: '--port N must be <= 65533 for 3 servers' },
  { args: ['--error-rate', '25'], message: '--error-rate R must be <= 1' },
  { args: ['--late-rate', '-1'], message: '--late-rate R must be >= 0' },
  { args: ['--seed', 'x'], message: "--seed N must be a whole number, not 'x'" },
  {
    args: ['--delay', 'soon'],
    message: "--delay D must be a duration like 500ms, 0.5s, 1m or a number of seconds, not 'soon'",
  },
  { args: ['--prot', '1'], message: "unknown option '--prot' (Did you mean --port?)" },
  { args: ['--fault-rate', '2', '--fault', 'empty'], message: '--fault-rate R must be <= 1' },
  { args: ['--fault-rate', '0.5'], message: '--fault-rate R needs --fault' },
  {
    args: ['--fault', 'nope'],
    message: "there is no fault 'nope': serve --faults lists what there is",
  },
  ...[['LOCAL'], ['--delay', '1s'], ['--error-rate', '1'], ['--late-rate', '1']].map((more) => ({
    args: ['--fault', 'empty', ...more],
    message: '--fault takes only --fault-rate, --port and --seed beside it',
  })),
  { args: ['--port'], message: "option '--port <N>' argument missing" },
]) {
  test(`serve ${args.join(' ')}: is wrong usage`, async (t) => {
    const stderr = await stderrOfWrongUsage(t, 'serve', ...args);
    assert.equal(stderr, `*** Usage error: ${message}\n${SERVE_USAGE}\n`);
  });
}

test('serve --help: shows the usage, with exit code 0', async () => {
  const { code, stdout, stderr } = await runFlaghoist('serve', '--help');
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.ok(stdout.startsWith(SERVE_USAGE.replace('usage:', 'Usage:')), stdout);
  assert.doesNotMatch(stdout, /\[\]/, 'no default that a user could not write');
});

function describe(options: FlagServerOptions): string {
  const url = 'http://localhost:8001/flags';
  return describeServer({ ...resolveSettings({ ...options, seed: 42 }), url });
}

test('describeServer: label, URL, delay and errors, and the seed where it matters', () => {
  assert.equal(
    describe({ label: 'LOCAL' }),
    'LOCAL  http://localhost:8001/flags  no delay, no errors',
  );
  assert.equal(
    describe({ label: 'DELAY' }),
    'DELAY  http://localhost:8001/flags  every response 500 ms late, no errors',
  );
  assert.equal(
    describe({ label: 'ERROR' }),
    'ERROR  http://localhost:8001/flags  50 % of responses 500 ms late, 25 % errors, seed 42',
  );
});

test('describeServer: a range of delays, and small rates', () => {
  assert.equal(
    describe({ label: 'LOCAL', delay: { min: 100, max: 2000 }, errorRate: 0.001 }),
    'LOCAL  http://localhost:8001/flags  every response 100 to 2000 ms late, 0.1 % errors, seed 42',
  );
});
