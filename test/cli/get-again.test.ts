import assert from 'node:assert/strict';
import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  type Answer,
  bodyOf,
  endsIn,
  filesIn,
  get,
  gone,
  outcomesIn,
  partsIn,
  serveBody,
  serveSite,
  serveStatus,
  startGet,
  until,
} from './get-support.ts';
import { finished } from './run-flaghoist.ts';

const DONE = 'skipped already-there';

// Two at a time: a test mostly waits for its process to start.
suite('get-again', { concurrency: 2 }, () => {
  test('get again: asks for the files that failed and for no others', async (t) => {
    let isBroken = true;
    const site = await serveSite(t, (path, response, request) => {
      (isBroken ? serveStatus : serveBody)(path, response, request);
    });
    const directory = await temporaryDirectory(t);
    const urls = ['/a', '/b', '/500', '/404'].map((path) => site.url + path);
    const args = ['--json', '--tries', '1', '-d', directory, ...urls];
    const first = await get(...args);
    assert.deepEqual(endsIn(first.stdout), ['ok', 'ok', 'failed http-500', 'not-found http-404']);
    assert.deepEqual(site.paths(), ['/404', '/500', '/a', '/b']);
    isBroken = false;
    const second = await get(...args);
    assert.deepEqual(endsIn(second.stdout), [DONE, DONE, 'ok', 'ok']);
    assert.deepEqual(site.paths(), ['/404', '/500']);
    assert.equal(second.code, 0);
    // The list has grown, and has another order.
    const third = await get('--json', '-d', directory, `${site.url}/new`, ...urls.toReversed());
    assert.deepEqual(endsIn(third.stdout), ['ok', DONE, DONE, DONE, DONE]);
    assert.deepEqual(site.paths(), ['/new']);
    const names = ['404', '500', 'a', 'b', 'new'];
    assert.deepEqual(
      await filesIn(directory),
      Object.fromEntries(names.map((name) => [name, bodyOf(`/${name}`)])),
    );
  });

  test('get again: downloads files that were removed or cut short', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const args = ['--json', '-d', directory, ...['/a', '/b', '/c'].map((path) => site.url + path)];
    await get(...args);
    site.paths();
    await rm(join(directory, 'a'));
    await truncate(join(directory, 'b'), 3);
    const { code, stdout } = await get(...args);
    assert.deepEqual(endsIn(stdout), ['ok', 'ok', DONE]);
    assert.deepEqual(site.paths(), ['/a', '/b']);
    assert.equal((await filesIn(directory)).b, bodyOf('/b'));
    assert.equal(code, 0);
  });

  const BIG = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));

  /** Serves one version of a file from the requested offset, so many bytes at most. */
  function serveBig(body: Buffer, etag: string, most = Number.POSITIVE_INFINITY): Answer {
    return (_, response, { headers }) => {
      const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
      const [, from] = (isSame && /^bytes=(\d+)-$/.exec(headers.range ?? '')) || [];
      const start = Number(from ?? 0);
      response.writeHead(from === undefined ? 200 : 206, {
        etag,
        'content-length': body.length - start,
        ...(from !== undefined && {
          'content-range': `bytes ${start}-${body.length - 1}/${body.length}`,
        }),
      });
      if (body.length - start <= most) response.end(body.subarray(start));
      else response.write(body.subarray(start, start + most), () => response.destroy());
    };
  }

  test('get again: resumes a part, and restarts a file that has changed', async (t) => {
    let answer = serveBig(BIG, '"1"', 200_000);
    const site = await serveSite(t, (...args) => answer(...args));
    const directory = await temporaryDirectory(t);
    const args = ['--json', '--digest', '--tries', '1', '-d', directory, `${site.url}/big`];
    const broken = await get(...args);
    assert.deepEqual([broken.code, endsIn(broken.stdout)], [1, ['failed truncated']]);
    assert.deepEqual(await filesIn(directory), {});
    const [part = 0] = await partsIn(directory);
    assert.ok(part > 64 * 1024 && part <= 200_000, String(part));

    // The version has changed meanwhile, and If-Range makes the server send all of it.
    const changed = Buffer.from(BIG).reverse();
    answer = serveBig(changed, '"2"', 250_000);
    const anew = await get(...args);
    assert.deepEqual(endsIn(anew.stdout), ['failed truncated']);
    const { range, 'if-range': validator } = site.seen[1]?.headers ?? {};
    assert.deepEqual([range, validator], [`bytes=${part}-`, '"1"']);
    const [second = 0] = await partsIn(directory);

    answer = serveBig(changed, '"2"');
    const whole = await get(...args);
    assert.deepEqual([whole.code, endsIn(whole.stdout)], [0, ['ok']]);
    assert.deepEqual(site.seen[2]?.headers.range, `bytes=${second}-`);
    assert.equal(site.seen.length, 3);
    assert.equal((await filesIn(directory)).big, changed.toString('latin1'));
    assert.equal(outcomesIn(whole.stdout)[0]?.httpStatus, 206);
    assert.deepEqual(await partsIn(directory), []);
  });

  test('get: resumes within one run when a body breaks off', async (t) => {
    let answer = serveBig(BIG, '"1"', 200_000);
    const site = await serveSite(t, (...args) => {
      answer(...args);
      answer = serveBig(BIG, '"1"');
    });
    const directory = await temporaryDirectory(t);
    const args = ['--json', '--retry-max-wait', '1ms', '-d', directory, `${site.url}/big`];
    const { stdout } = await get(...args);
    assert.deepEqual(endsIn(stdout), ['ok']);
    assert.equal(outcomesIn(stdout)[0]?.attempts, 2);
    assert.match(site.seen[1]?.headers.range ?? '', /^bytes=[1-9]\d*-$/);
    assert.equal((await filesIn(directory)).big, BIG.toString('latin1'));
  });

  test('get -N: asks for existing files, and downloads those that have changed', async (t) => {
    const versions = new Map([
      ['/a', '"1"'],
      ['/b', '"1"'],
    ]);
    const site = await serveSite(t, (path, response, { headers }) => {
      const etag = versions.get(path) ?? '';
      response.setHeader('etag', etag);
      response.statusCode = headers['if-none-match'] === etag ? 304 : 200;
      response.end(response.statusCode === 200 ? `${path} ${etag}` : undefined);
    });
    const directory = await temporaryDirectory(t);
    const args = ['--json', '-N', '-d', directory, `${site.url}/a`, `${site.url}/b`];
    assert.deepEqual(endsIn((await get(...args)).stdout), ['ok', 'ok']);
    versions.set('/b', '"2"');
    const again = await get(...args);
    assert.deepEqual([again.code, endsIn(again.stdout)], [0, ['skipped not-modified', 'ok']]);
    assert.deepEqual(await filesIn(directory), { a: '/a "1"', b: '/b "2"' });
    assert.deepEqual(
      site.seen.map(({ headers }) => headers['if-none-match']),
      [undefined, undefined, '"1"', '"1"'],
    );
  });

  test('get: SIGINT leaves no half-written file, and the next run resumes', async (t) => {
    // Sends a part of the file and then nothing, until the test lets it send all.
    let isStalling = true;
    const whole = serveBig(BIG, '"1"');
    const site = await serveSite(t, (path, response, request) => {
      if (!isStalling) return whole(path, response, request);
      response.writeHead(200, { etag: '"1"', 'content-length': BIG.length });
      response.write(BIG.subarray(0, 200_000));
    });
    const directory = await temporaryDirectory(t);
    const args = ['--json', '-d', directory, `${site.url}/big`];
    const child = startGet(...args);
    const all = finished(child);
    await until(async () => {
      const sizes = await partsIn(directory).catch(() => []);
      return sizes.find((size) => size > 0);
    });
    child.kill('SIGINT');
    const interrupted = await all;
    assert.deepEqual([interrupted.code, interrupted.stderr], [130, '']);
    assert.deepEqual(endsIn(interrupted.stdout), ['cancelled cancelled']);
    assert.deepEqual(await filesIn(directory), {});
    isStalling = false;
    const again = await get(...args);
    assert.deepEqual([again.code, endsIn(again.stdout)], [0, ['ok']]);
    assert.match(site.seen[1]?.headers.range ?? '', /^bytes=[1-9]\d*-$/);
    assert.equal((await filesIn(directory)).big, BIG.toString('latin1'));
  });

  test('get: a directory in use by another run is one line and exit code 3', async (t) => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const site = await serveSite(t, async (path, response, request) => {
      // A second run that reached the server must not wait for ever.
      if (site.seen.length > 1) release.resolve();
      asked.resolve();
      await release.promise;
      serveBody(path, response, request);
    });
    const directory = await temporaryDirectory(t);
    const args = ['--json', '-d', directory, `${site.url}/a`];
    const first = get(...args);
    await asked.promise;
    const second = await get(...args);
    assert.deepEqual(
      { code: second.code, stdout: second.stdout, stderr: second.stderr },
      {
        code: 3,
        stdout: '',
        stderr: `flaghoist: another run is using ${directory}; wait until it has ended, or stop it\n`,
      },
    );
    release.resolve();
    const { code, stdout } = await first;
    assert.deepEqual([code, endsIn(stdout)], [0, ['ok']]);
    assert.deepEqual(site.paths(), ['/a']);
  });

  test('get: SIGTERM is exit code 143', async (t) => {
    const response = Promise.withResolvers<Parameters<typeof gone>[0]>();
    const site = await serveSite(t, (_, one) => response.resolve(one));
    const directory = await temporaryDirectory(t);
    const child = startGet('-q', '-d', directory, `${site.url}/a`);
    const all = finished(child);
    const asked = await response.promise;
    child.kill('SIGTERM');
    await gone(asked);
    assert.equal((await all).code, 143);
  });
});
