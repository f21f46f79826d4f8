import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  allOf,
  bodyOf,
  filesIn,
  get,
  outcomesIn,
  serveSite,
  serveStatus,
  startGet,
  startGetWithInput,
} from '../get-support.ts';
import { finished } from '../run-flaghoist.ts';

/** The output without the parts that differ from run to run. */
function masked(text: string, url: string): string {
  return text.replaceAll(url, 'URL').replace(/, in [^\n]+\.$/m, ', in TIME.');
}

// Two at a time: a test mostly waits for its process to start.
suite('get', { concurrency: 2 }, () => {
  test('get: downloads URLs, lists and stdin in this order, and sums up', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list.txt');
    await writeFile(list, `# a comment\n\n${site.url}/c\n  ${site.url}/d\r\n`);
    const files = join(directory, 'files');
    const child = startGetWithInput(
      ...['-d', files, `${site.url}/a`, '-i', list, '-i', '-', '-m', '1', `${site.url}/b`],
    );
    child.stdin.end(`${site.url}/e`);
    const { code, stdout, stderr } = await allOf(child);
    // Without a terminal there is no bar and no colour.
    const saved = ['a', 'b', 'c', 'd', 'e'].map((name) => `saved ${join(files, name)} (11 B)\n`);
    assert.equal(masked(stdout, site.url), `${saved.join('')}5 files in all, in TIME.\n`);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.deepEqual(
      site.seen.map(({ path }) => path),
      ['/a', '/b', '/c', '/d', '/e'],
    );
    const expected = ['a', 'b', 'c', 'd', 'e'].map((name) => [name, bodyOf(`/${name}`)]);
    assert.deepEqual(await filesIn(files), Object.fromEntries(expected));
  });

  test('get --json: prints a line for each row and one at the end', async (t) => {
    const site = await serveSite(t, serveStatus);
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list');
    await writeFile(list, 'nonsense\n');
    const { code, stdout, stderr } = await get(
      ...['-d', directory, '--json', '--digest', '--tries', '1', `${site.url}/a`],
      ...[`${site.url}/404`, `${site.url}/500`, '-i', list],
    );
    assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
    const contract = outcomesIn(stdout).map(
      ({ type, index, url, status, reason, path, bytes, httpStatus, attempts }) => {
        return { type, index, url, status, reason, path, bytes, httpStatus, attempts };
      },
    );
    const type = 'outcome';
    const none = { path: null, bytes: 0 };
    assert.deepEqual(contract, [
      {
        ...{ type, index: 0, url: `${site.url}/a`, status: 'ok', reason: null },
        ...{ path: join(directory, 'a'), bytes: 11, httpStatus: 200, attempts: 1 },
      },
      {
        ...{ type, index: 1, url: `${site.url}/404`, status: 'not-found', reason: 'http-404' },
        ...{ ...none, httpStatus: 404, attempts: 1 },
      },
      {
        ...{ type, index: 2, url: `${site.url}/500`, status: 'failed', reason: 'http-500' },
        ...{ ...none, httpStatus: 500, attempts: 1 },
      },
      {
        ...{ type, index: 3, url: 'nonsense', status: 'failed', reason: 'bad-row' },
        ...{ ...none, httpStatus: null, attempts: 0 },
      },
    ]);
    const [ok] = outcomesIn(stdout);
    assert.equal(ok?.digest, `sha256:${hash('sha256', bodyOf('/a'))}`);
  });

  test('get: shows the most frequent failures, and what to do about them', async (t) => {
    const site = await serveSite(t, serveStatus);
    const directory = await temporaryDirectory(t);
    const paths = ['a', '404', '404b', '500', '403', '403b', '403c', '418'];
    const { code, stdout, stderr } = await get(
      ...[
        '-d',
        directory,
        '--tries',
        '1',
        '-m',
        '1',
        ...paths.map((path) => `${site.url}/${path}`),
      ],
    );
    assert.equal(
      masked(stdout, site.url),
      `saved ${join(directory, 'a')} (11 B)

ok          1  11 B
not found   2
  http-404  2
failed      5
  http-403  3
  http-500  1
  http-418  1
8 files in all, in TIME.

http-403 (3): the server refuses: try another --user-agent, or --user
  as in URL/403
  403 Forbidden

http-404 (2): the server has no such file: correct the list
  as in URL/404

http-500 (1): the server is in trouble: try again later
  as in URL/500
  500 Internal Server Error

http-418 (1): the server rejects the requests: try one by hand
  as in URL/418
  418 I'm a Teapot
`,
    );
    assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
  });

  test('get: SIGTERM: the summary says how to go on', async (t) => {
    const asked = Promise.withResolvers<void>();
    const site = await serveSite(t, () => asked.resolve());
    const directory = await temporaryDirectory(t);
    const child = startGet('-d', directory, `${site.url}/a?b=1`, '--bearer', 'secret');
    const all = finished(child);
    await asked.promise;
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await all;
    assert.equal(
      masked(stdout, site.url),
      `cancelled  1
1 file in all, in TIME.
To go on, run the same command again (with the secrets in place of ***):
  flaghoist get -d ${directory} 'URL/a?b=1' --bearer '***'
`,
    );
    assert.deepEqual({ code, stderr }, { code: 143, stderr: '' });
  });

  test('get --progress: events beside the rows, or lines of a log', async (t) => {
    const site = await serveSite(t, async (_path, response) => {
      response.writeHead(200, { 'content-length': 4 }).write('ab');
      await setTimeout(1_500);
      response.end('cd');
    });
    const directory = await temporaryDirectory(t);
    const json = await get('--json', '--progress', 'json', '-d', directory, `${site.url}/a`);
    const lines = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const events = lines.filter(({ type }) => type === 'progress');
    // On a busy machine the first event comes before the first byte.
    const { type, done, total, bytes, requests } = events.find(({ bytes }) => bytes > 0);
    assert.deepEqual([type, done, total, bytes], ['progress', 0, 1, 2]);
    const [{ url, length }] = requests;
    assert.deepEqual([url, length], [`${site.url}/a`, 4]);
    const { done: all, bytes: whole, remaining } = events.at(-1);
    assert.deepEqual([all, whole, remaining], [1, 4, 0]);
    assert.equal(lines.at(-1).type, 'done');
    assert.equal(json.stderr, '');

    const none = await get('--progress', 'none', '-d', directory, `${site.url}/b`);
    assert.equal(none.stderr, '');
    const wrong = await get('--progress', 'dots', '-d', directory, `${site.url}/c`);
    assert.match(wrong.stderr, /--progress HOW must be one of auto, bar, json, none, not 'dots'/);
    assert.equal(wrong.code, 2);
  });

  test('get -v and -q: a line for each row, and its failures alone', async (t) => {
    const site = await serveSite(t, serveStatus);
    const directory = await temporaryDirectory(t);
    const urls = ['a', '404', '500'].map((path) => `${site.url}/${path}`);
    const common = ['--tries', '1', '-m', '1', ...urls];
    const [verbose, quiet] = await Promise.all([
      get('-v', '-d', join(directory, 'v'), ...common),
      get('-q', '-d', join(directory, 'q'), ...common),
    ]);
    assert.deepEqual(masked(verbose.stdout, site.url).split('\n').slice(0, 3).sort(), [
      'failed URL/500: 500 Internal Server Error (http-500)',
      'not found URL/404',
      `ok ${join(directory, 'v', 'a')} (11 B)`,
    ]);
    assert.match(verbose.stdout, /^3 files in all/m);
    assert.equal(verbose.stderr, '');
    assert.deepEqual([quiet.code, quiet.stdout], [1, '']);
    assert.deepEqual(masked(quiet.stderr, site.url).trim().split('\n').sort(), [
      'failed URL/500: 500 Internal Server Error (http-500)',
      'not found URL/404',
    ]);
  });

  test('get --no-ledger: leaves no ledger, and overwrites nothing the next time', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const args = ['--no-ledger', '--json', '-d', directory, `${site.url}/a`];
    assert.equal((await get(...args)).code, 0);
    await assert.rejects(access(join(directory, '.flaghoist')), { code: 'ENOENT' });
    await writeFile(join(directory, 'a'), 'mine');
    const again = await get(...args);
    assert.equal(outcomesIn(again.stdout)[0]?.reason, 'name-collision');
    assert.equal(again.code, 1);
    assert.deepEqual(await filesIn(directory), { a: 'mine' });
  });

  test('get --dry-run: shows where files would go, without a request or a file', async (t) => {
    const site = await serveSite(t);
    const root = await temporaryDirectory(t);
    const [directory, list] = [join(root, 'files'), join(root, 'list')];
    await writeFile(list, 'bad\n');
    const urls = [`${site.url}/a/x`, `${site.url}/b/x`, 'http://ann:s3cret@other.example/y'];
    const { code, stdout, stderr } = await get('--dry-run', '-d', directory, ...urls, '-i', list);
    assert.deepEqual(stdout.replaceAll(site.url, 'URL').split('\n'), [
      'x\tURL/a/x',
      '*** another URL is saved as x; give each a name of its own with -o or --tree, or let it have a number with --on-collision rename\tURL/b/x',
      'y\thttp://other.example/y',
      `*** ${list}:1:1: "bad" is not a URL: it does not begin with http:// or https://\tbad`,
      '',
    ]);
    assert.equal(
      stderr,
      `2\t127.0.0.1:${site.port}\n1\tother.example\n1\t(none)\n2 would fail.\n4 files in all.\n`,
    );
    assert.equal(code, 1);
    assert.deepEqual(site.paths(), []);
    await assert.rejects(access(directory), { code: 'ENOENT' });
  });
});
