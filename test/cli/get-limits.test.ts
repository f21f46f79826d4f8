import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  allOf,
  bodyOf,
  endsIn,
  filesIn,
  get,
  outcomesIn,
  serveBody,
  serveSite,
  serveStatus,
  startGetWithInput,
} from './get-support.ts';
import { runFlaghoistIn } from './run-flaghoist.ts';

// Two at a time: a test mostly waits for its process to start.
suite('get-limits', { concurrency: 2 }, () => {
  test('get: Retry-After pauses the whole origin', async (t) => {
    let busyFor = 1;
    const site = await serveSite(t, (path, response, request) => {
      if (busyFor-- <= 0) return serveBody(path, response, request);
      response.writeHead(503, { 'retry-after': '1' });
      response.end();
    });
    const directory = await temporaryDirectory(t);
    const urls = ['/a', '/b', '/c'].map((path) => site.url + path);
    const { code, stdout } = await get('--json', '-m', '1', '-d', directory, ...urls);
    assert.deepEqual([code, endsIn(stdout)], [0, ['ok', 'ok', 'ok']]);
    assert.equal(site.seen.length, 4);
    const [first, ...others] = site.seen.map(({ at }) => at);
    for (const at of others) {
      // A timer may be a little early by the clock of another process.
      assert.ok(at - (first ?? 0) >= 950, `${at - (first ?? 0)} ms`);
    }
    const attempts = outcomesIn(stdout).map((outcome) => outcome.attempts);
    assert.deepEqual(attempts, [2, 1, 1]);
  });

  test('get --tries 1: Retry-After ends its row, and holds up the others', async (t) => {
    let isBusy = true;
    const site = await serveSite(t, (path, response, request) => {
      if (!isBusy) return serveBody(path, response, request);
      isBusy = false;
      response.writeHead(503, { 'retry-after': '1' });
      response.end();
    });
    const directory = await temporaryDirectory(t);
    const urls = ['/a', '/b'].map((path) => site.url + path);
    const options = ['--json', '-m', '1', '--tries', '1', '-d', directory];
    const { code, stdout } = await get(...options, ...urls);
    assert.deepEqual([code, endsIn(stdout)], [1, ['failed http-503', 'ok']]);
    const [first = 0, second = 0] = site.seen.map(({ at }) => at);
    assert.ok(second - first >= 950, `${second - first} ms`);
  });

  test('get --retry-max-wait: ends a longer Retry-After, as often as --tries', async (t) => {
    const site = await serveSite(t, (_, response) => {
      response.writeHead(429, { 'retry-after': '3600' });
      response.end();
    });
    const directory = await temporaryDirectory(t);
    // The origin is given up two waits after its first refusal: a busy machine must not take up so long.
    const waits = ['--tries', '3', '--retry-max-wait', '500ms'];
    const { code, stdout } = await get('--json', '-d', directory, ...waits, `${site.url}/a`);
    assert.deepEqual([code, endsIn(stdout)], [1, ['failed http-429']]);
    const times = site.seen.map(({ at }) => at);
    assert.equal(times.length, 3);
    // A timer may be a little early by the clock of another process.
    assert.ok((times[2] ?? 0) - (times[0] ?? 0) >= 950, `${times}`);
  });

  test('get --tries: is the number of tries, except for failures that stay', async (t) => {
    const site = await serveSite(t, serveStatus);
    const directory = await temporaryDirectory(t);
    const urls = ['/500', '/403', '/404'].map((path) => site.url + path);
    const waits = ['--tries', '3', '--retry-max-wait', '5ms'];
    const { stdout } = await get('--json', '-d', directory, ...waits, ...urls);
    assert.deepEqual(
      outcomesIn(stdout).map(({ attempts }) => attempts),
      [3, 1, 1],
    );
    assert.deepEqual(site.paths(), ['/403', '/404', '/500', '/500', '/500']);
  });

  for (const [option, least, most] of [
    ['3', 3, 15],
    ['50%', 20, 35],
  ] as const) {
    test(`get --max-failures ${option}: stops the run early, and says why`, async (t) => {
      const site = await serveSite(t, serveStatus);
      const directory = await temporaryDirectory(t);
      const args = ['--json', '-m', '1', '--tries', '1', '--max-failures', option, '--expand'];
      const { code, stdout, stderr } = await get(
        ...args,
        '-d',
        directory,
        `${site.url}/500-[1-300]`,
      );
      assert.match(
        stderr,
        /^flaghoist: stopped: (\d+) of \1 rows had failed \(--max-failures\)\n$/,
        stderr,
      );
      const asked = site.paths().length;
      assert.ok(asked >= least && asked <= most, `${asked} requests`);
      // Every row that was read has an outcome, and the rest were not read.
      const outcomes = outcomesIn(stdout);
      assert.ok(outcomes.length < 300, `${outcomes.length} rows`);
      assert.equal(outcomes.filter(({ status }) => status === 'failed').length <= asked, true);
      assert.equal(code, 1);
    });
  }

  test('get --max-failures: fewer failures stop nothing', async (t) => {
    const site = await serveSite(t, serveStatus);
    const directory = await temporaryDirectory(t);
    const args = ['--json', '--tries', '1', '--max-failures', '50%', '--expand', '-d', directory];
    const { stdout, stderr } = await get(...args, `${site.url}/[1-30]`, `${site.url}/500-[1-9]`);
    assert.equal(stderr, '');
    assert.equal(outcomesIn(stdout).length, 39);
  });

  test('get --run-timeout: ends the run, also when all rows read so far are done', async (t) => {
    const site = await serveSite(t, () => {});
    const directory = await temporaryDirectory(t);
    const hanging = get(
      '--json',
      '--run-timeout',
      '1s',
      '-d',
      join(directory, '1'),
      `${site.url}/a`,
    );
    // The list stays empty and open.
    const child = startGetWithInput(
      ...['--json', '--run-timeout', '1s', '-d', join(directory, '2'), '-i', '-'],
    );
    const [one, two] = await Promise.all([hanging, allOf(child)]);
    assert.deepEqual(endsIn(one.stdout), ['cancelled cancelled']);
    assert.deepEqual(endsIn(two.stdout), []);
    for (const { code, stderr } of [one, two]) {
      assert.equal(stderr, 'flaghoist: stopped: its time was up (--run-timeout)\n');
      assert.equal(code, 1);
    }
    child.stdin.destroy();
  });

  test('get: each limit has a reason of its own', async (t) => {
    const site = await serveSite(t, (path, response, request) => {
      switch (path) {
        case '/no-head':
          return;
        case '/stalls':
          response.writeHead(200, { 'content-length': '100' });
          response.write('x');
          return;
        case '/announced':
          response.end('x'.repeat(2000));
          return;
        case '/unannounced':
          response.write('x'.repeat(600));
          response.end('x'.repeat(600));
          return;
        default:
          serveBody(path, response, request);
      }
    });
    const directory = await temporaryDirectory(t);
    const paths = ['/no-head', '/stalls', '/announced', '/unannounced', '/a'];
    const { code, stdout } = await get(
      ...['--json', '--tries', '1', '--max-size', '1k', '-d', directory],
      ...['--first-byte-timeout', '3s', '--idle-timeout', '3s'],
      ...[...paths.map((path) => site.url + path), 'http://127.0.0.1:1/refused'],
    );
    assert.deepEqual(endsIn(stdout), [
      'failed timeout-first-byte',
      'failed timeout-idle',
      'failed too-large',
      'failed too-large',
      'ok',
      'failed connect',
    ]);
    assert.equal(code, 1);
    assert.deepEqual(await filesIn(directory), { a: bodyOf('/a') });
  });

  test('get --row-timeout: is for all tries of a row together', async (t) => {
    const site = await serveSite(t, (path, response) => {
      if (path !== '/drips') {
        response.statusCode = 500;
        response.end();
        return;
      }
      response.write('x');
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    });
    const directory = await temporaryDirectory(t);
    const { code, stdout } = await get(
      ...['--json', '--tries', '1000000', '--row-timeout', '700ms', '-d', directory],
      ...['--retry-max-wait', '10ms', `${site.url}/drips`, `${site.url}/fails`],
    );
    assert.deepEqual(endsIn(stdout), ['failed timeout-total', 'failed timeout-total']);
    assert.equal(code, 1);
    assert.deepEqual(await filesIn(directory), {});
  });

  /** Makes every file that is not empty find the disk full. */
  const FULL_DISK = `data:text/javascript,${encodeURIComponent(`
  import promises from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  const { writeFile } = promises;
  promises.writeFile = async (path, data, options) => {
    if (data.length === 0) return await writeFile(path, data, options);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  syncBuiltinESMExports();
`)}`;

  test('get: a full disk ends the run with exit code 3', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const { code, stdout, stderr } = await runFlaghoistIn(
      { env: { NODE_OPTIONS: `--import=${FULL_DISK}`, NO_PROXY: '127.0.0.1' } },
      ...['get', '--json', '-m', '1', '-d', directory, '--expand', `${site.url}/[1-500]`],
    );
    assert.equal(
      stderr,
      'flaghoist: stopped: the disk is full; make room and run the same command again\n',
    );
    assert.equal(code, 3);
    assert.equal(outcomesIn(stdout)[0]?.reason, 'disk-full');
    assert.ok(site.seen.length < 100, `${site.seen.length} requests`);
    assert.deepEqual(await filesIn(directory), {});
  });

  test('get: a directory that it cannot use is one line and exit code 3', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const [file, blocked] = [join(directory, 'file'), join(directory, 'blocked')];
    await writeFile(file, 'mine');
    await mkdir(blocked);
    await writeFile(join(blocked, '.flaghoist'), '');
    const cases = [[join(file, 'below')], [blocked], [file, '--no-ledger']];
    await Promise.all(
      cases.map(async ([where = '', ...options]) => {
        const { code, stdout, stderr } = await get(...options, '-d', where, `${site.url}/a`);
        assert.deepEqual([code, stdout], [3, ''], stderr);
        assert.match(stderr, /^flaghoist: cannot [^\n]+\n$/);
        assert.ok(stderr.includes(where), stderr);
      }),
    );
    assert.deepEqual(site.paths(), []);
  });
});
