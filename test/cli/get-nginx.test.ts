// The real command with nginx as the server.
import assert from 'node:assert/strict';
import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { noNginx, startNginx } from '../support/nginx.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endsIn, filesIn, get, outcomesIn, partsIn, startGet, until } from './get-support.ts';
import { finished } from './run-flaghoist.ts';

const skip = await noNginx();

const BIG = Buffer.from(Array.from({ length: 400_000 }, (_, i) => i % 251));
const TEXT = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join('');

/** An nginx, and a reader of its log: `GET /a 206` for each request so far. */
async function logged(t: TestContext, config: string, files: Record<string, string | Uint8Array>) {
  const log = 'access_log @DIR/access.log combined;';
  const nginx = await startNginx(t, `${log} ${config}`, files);
  const requests = async (): Promise<string[]> => {
    const text = await readFile(join(dirname(nginx.root), 'access.log'), 'utf8');
    return [...text.matchAll(/"(GET \S+) HTTP\/[\d.]+" (\d+)/g)].map(
      ([, request, status]) => `${request} ${status}`,
    );
  };
  return { ...nginx, requests };
}

// Two at a time: a test mostly waits for its process to start.
suite('get-nginx', { concurrency: 2 }, () => {
  test('get from nginx: resumes a large file unless it has changed', {
    skip,
  }, async (t) => {
    // Slow where the query asks for it. The bytes sent at once are enough for a part.
    const config = 'if ($http_x_slow) { set $limit_rate 100k; }';
    const { url, root, requests } = await logged(t, config, { 'root/big.bin': BIG });
    const directory = await temporaryDirectory(t);
    const args = ['--json', '-d', directory, `${url}/big.bin`];
    const interrupt = async () => {
      const child = startGet('-H', 'X-Slow: 1', ...args);
      const all = finished(child);
      const before = (await partsIn(directory).catch(() => []))[0] ?? 0;
      await until(async () => {
        const [size = 0] = await partsIn(directory).catch(() => []);
        return size > before ? size : undefined;
      });
      child.kill('SIGINT');
      assert.equal((await all).code, 130);
      assert.deepEqual(await filesIn(directory), {});
    };
    await interrupt();
    await interrupt();
    const whole = await get(...args);
    assert.deepEqual([whole.code, endsIn(whole.stdout)], [0, ['ok']]);
    assert.equal((await filesIn(directory))['big.bin'], BIG.toString('latin1'));
    // The second request was broken off as well, and is logged as such.
    assert.deepEqual(await requests(), [
      'GET /big.bin 200',
      'GET /big.bin 206',
      'GET /big.bin 206',
    ]);

    await rm(join(directory, 'big.bin'));
    await interrupt();
    const changed = Buffer.from(BIG).reverse();
    await writeFile(join(root, 'big.bin'), changed);
    await utimes(join(root, 'big.bin'), 0, 1_000_000_000);
    const anew = await get(...args);
    assert.deepEqual([anew.code, endsIn(anew.stdout)], [0, ['ok']]);
    assert.equal((await filesIn(directory))['big.bin'], changed.toString('latin1'));
    assert.equal((await requests()).at(-1), 'GET /big.bin 200');
    assert.deepEqual(await partsIn(directory), []);
  });

  test('get -N from nginx: 304, and a new version', { skip }, async (t) => {
    const { url, root, requests } = await logged(t, '', {
      'root/a.txt': 'one',
      'root/b.txt': 'one',
    });
    const directory = await temporaryDirectory(t);
    const args = ['--json', '-N', '-m', '1', '-d', directory, `${url}/a.txt`, `${url}/b.txt`];
    assert.deepEqual(endsIn((await get(...args)).stdout), ['ok', 'ok']);
    await writeFile(join(root, 'b.txt'), 'another');
    await utimes(join(root, 'b.txt'), 0, 1_000_000_000);
    const again = await get(...args);
    assert.deepEqual([again.code, endsIn(again.stdout)], [0, ['skipped not-modified', 'ok']]);
    assert.deepEqual(await filesIn(directory), { 'a.txt': 'one', 'b.txt': 'another' });
    assert.deepEqual((await requests()).slice(2), ['GET /a.txt 304', 'GET /b.txt 200']);
  });

  test('get from nginx: gzip is decoded, and not asked for with --raw', { skip }, async (t) => {
    const config = 'gzip on; gzip_types text/plain; gzip_min_length 1;';
    const { url } = await logged(t, config, { 'root/a.txt': TEXT });
    const directory = await temporaryDirectory(t);
    const [decoded, raw] = await Promise.all([
      get('--json', '-d', join(directory, '1'), `${url}/a.txt`),
      get('--json', '--raw', '-d', join(directory, '2'), `${url}/a.txt`),
    ]);
    for (const [{ stdout }, name] of [
      [decoded, '1'],
      [raw, '2'],
    ] as const) {
      assert.equal(outcomesIn(stdout)[0]?.bytes, TEXT.length);
      assert.equal((await filesIn(join(directory, name)))['a.txt'], TEXT);
    }
  });

  test('get from nginx: credentials of --user, --netrc and the URL', { skip }, async (t) => {
    const config = 'auth_basic "files"; auth_basic_user_file @DIR/users;';
    const files = { 'root/a.txt': 'GIF', users: 'ann:{PLAIN}s3@cret\n' };
    const { url } = await logged(t, config, files);
    const directory = await temporaryDirectory(t);
    const netrc = join(directory, 'netrc');
    await writeFile(netrc, 'machine 127.0.0.1 login ann password s3@cret\n');
    const file = `${url}/a.txt`;
    const cases: [args: string[], ...ends: string[]][] = [
      [['--user', 'ann:s3@cret', file], 'ok'],
      [['--netrc-file', netrc, file], 'ok'],
      [[file.replace('//', '//ann:s3%40cret@'), `${file}?`], 'ok', 'failed http-401'],
    ];
    for (const [i, [args, ...ends]] of cases.entries()) {
      const files = ['-d', join(directory, String(i)), '--on-collision', 'rename'];
      const { stdout } = await get('--json', ...files, ...args);
      assert.deepEqual(endsIn(stdout), ends);
    }
  });
});
