import assert from 'node:assert/strict';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { bodyOf, endsIn, filesIn, get, outcomesIn, serveSite } from './get-support.ts';

// Two at a time: a test mostly waits for its process to start.
suite('get-names', { concurrency: 2 }, () => {
  test('get -o: names come from a template, whose fields may be columns', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list.csv');
    await writeFile(list, `url,kind\n${site.url}/p/q/a.gif,one\n${site.url}/b.gif,../two\n`);
    const files = join(directory, 'files');
    const { code } = await get(
      '-d',
      files,
      '-o',
      '{kind}/{path}/{index:03}-{stem}.{ext}',
      '-i',
      list,
    );
    assert.equal(code, 0);
    const names = Object.keys(await filesIn(files));
    assert.deepEqual(names, ['.._two/001-b.gif', 'one/p/q/000-a.gif']);
  });

  test('get --tree: hosts and paths become directories', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const { code } = await get('-d', directory, '--tree', `${site.url}/p/a`, `${site.url}/q/a?x=1`);
    assert.equal(code, 0);
    const names = Object.keys(await filesIn(directory));
    assert.equal(names.length, 2);
    assert.match(names[0] ?? '', /^127\.0\.0\.1[^/]*\/p\/a$/);
    assert.match(names[1] ?? '', /^127\.0\.0\.1[^/]*\/q\/a@x=1$/);
  });

  test('get: URLs that differ in their queries have files of their own, a repeated URL has one', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const ends = ['/page?id=2', '/page?id=1', '/page?id=2#top', '/page', '/page?id=1'];
    const urls = ends.map((end) => site.url + end);
    const files = {
      page: bodyOf('/page'),
      'page@id=1': bodyOf('/page?id=1'),
      'page@id=2': bodyOf('/page?id=2'),
    };
    const first = await get('--json', '-m', '1', '-d', directory, ...urls);
    const again = await get('--json', '-d', directory, ...urls.reverse());
    const repeated = 'skipped duplicate';
    assert.deepEqual([first.code, again.code], [0, 0]);
    assert.deepEqual(endsIn(first.stdout), ['ok', 'ok', repeated, 'ok', repeated]);
    assert.deepEqual(endsIn(again.stdout).filter((end) => end === repeated).length, 2);
    assert.deepEqual(await filesIn(directory), files);
    assert.equal(site.paths().length, 3);
  });

  test('get -o: an unknown field is a usage error, with the fields that there are', async (t) => {
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list.csv');
    await writeFile(list, 'url,title\nhttp://127.0.0.1:1/a,x\n');
    for (const [rows, template, words] of [
      [['http://127.0.0.1:1/a'], '{hots}/{name}', /\{hots\}.*did you mean \{host\}\?.*\{name\}/],
      [['-i', list], '{titel}.txt', /did you mean \{title\}\?.*\{column:title\}/],
      [['-i', list], '{name', /a "\{" without its other half/],
    ] as const) {
      const files = join(directory, 'files');
      const { code, stderr } = await get('-d', files, '-o', template, ...rows);
      assert.equal(code, 2);
      assert.match(stderr, words);
      await assert.rejects(stat(files), { code: 'ENOENT' });
    }
  });

  test('get --tree: a page and the pages below it are both kept, in each order and later', async (t) => {
    const site = await serveSite(t);
    for (const ends of [
      ['/blog', '/blog/post.html'],
      ['/blog/post.html', '/blog'],
    ]) {
      const directory = await temporaryDirectory(t);
      const urls = ends.map((end) => site.url + end);
      // The second row comes in a later run first, as after a kill.
      assert.equal((await get('-d', directory, '--tree', urls[0] ?? '')).code, 0);
      const { code, stdout } = await get('--json', '-d', directory, '--tree', ...urls);
      assert.deepEqual([code, endsIn(stdout)], [0, ['skipped already-there', 'ok']]);
      const bodies = Object.values(await filesIn(directory)).sort();
      assert.deepEqual(bodies, ends.map(bodyOf).sort());
    }
  });

  test('get -o -: one URL goes to stdout, and nothing else', async (t) => {
    let tries = 0;
    const body = 'x'.repeat(200_000);
    const site = await serveSite(t, (path, response, { headers }) => {
      if (path === '/404') return void response.writeHead(404).end('no');
      response.setHeader('etag', '"1"');
      if (tries++ === 0) {
        response.setHeader('content-length', body.length);
        response.write(body.slice(0, 100_000), () => setTimeout(() => response.destroy(), 50));
        return;
      }
      const from = Number(/=(\d+)-/.exec(headers.range ?? '')?.[1]);
      const range = `bytes ${from}-${body.length - 1}/${body.length}`;
      response.writeHead(206, { 'content-range': range }).end(body.slice(from));
    });
    const directory = await temporaryDirectory(t);
    const run = (...args: string[]) => get('-d', directory, '-o', '-', ...args);
    const { code, stdout } = await run(`${site.url}/a`);
    assert.deepEqual([code, stdout === body, tries], [0, true, 2]);
    const missing = await run(`${site.url}/404`);
    assert.deepEqual([missing.code, missing.stdout], [1, '']);
    assert.match(missing.stderr, /not found .*\/404/);
    const several = await run(`${site.url}/a`, `${site.url}/b`);
    assert.deepEqual([several.code, several.stdout], [2, '']);
    assert.match(several.stderr, /-o - writes one URL to stdout/);
    const shared = await run(`${site.url}/a`, '--dedupe');
    assert.equal(shared.code, 2);
    assert.match(shared.stderr, /Usage error: --output - and --dedupe exclude each other/);
    assert.deepEqual(await readdir(directory), []);
  });

  test('get --content-disposition: names from servers stay inside the directory', async (t) => {
    const site = await serveSite(t, (path, response) => {
      const name = path === '/a' ? '../../evil.txt' : 'good.txt';
      response.setHeader('content-disposition', `attachment; filename="${name}"`);
      response.end(bodyOf(path));
    });
    const directory = await temporaryDirectory(t);
    const files = join(directory, 'x', 'y', 'files');
    const urls = [`${site.url}/a`, `${site.url}/b`];
    assert.equal((await get('-d', files, '--content-disposition', ...urls)).code, 0);
    assert.deepEqual(await filesIn(directory), {
      'x/y/files/evil.txt': bodyOf('/a'),
      'x/y/files/good.txt': bodyOf('/b'),
    });
  });

  /** Two rows with the same file name, one after the other. */
  async function collide(t: Parameters<typeof serveSite>[0], ...options: string[]) {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const urls = [`${site.url}/1/a.txt`, `${site.url}/2/a.txt`];
    const args = ['--json', '-m', '1', '-d', directory, ...options, ...urls];
    const run = async () => {
      const { code, stdout } = await get(...args);
      return {
        code,
        ends: endsIn(stdout),
        files: await filesIn(directory),
        asked: site.paths(),
        messages: outcomesIn(stdout).map(({ message = '' }) => message.replace(directory, 'DIR')),
      };
    };
    return { first: await run(), again: run };
  }

  test('get: the second row of one name fails, also the next time', async (t) => {
    const { first, again } = await collide(t);
    const failed = 'failed name-collision';
    const files = { 'a.txt': bodyOf('/1/a.txt') };
    assert.deepEqual(first, {
      code: 1,
      ends: ['ok', failed],
      files,
      asked: ['/1/a.txt'],
      messages: [
        '',
        'another URL is saved as DIR/a.txt; give each a name of its own with -o or --tree, or let it have a number with --on-collision rename',
      ],
    });
    assert.deepEqual(
      { ...(await again()), messages: undefined },
      { code: 1, ends: ['skipped already-there', failed], files, asked: [], messages: undefined },
    );
  });

  test('get --on-collision rename: the second row gets a number, and keeps it', async (t) => {
    const { first, again } = await collide(t, '--on-collision', 'rename');
    const files = { 'a-1.txt': bodyOf('/2/a.txt'), 'a.txt': bodyOf('/1/a.txt') };
    assert.deepEqual(first.files, files);
    assert.deepEqual([first.code, first.ends], [0, ['ok', 'ok']]);
    const second = await again();
    assert.deepEqual(second.files, files);
    assert.deepEqual(second.ends, ['skipped already-there', 'skipped already-there']);
    assert.deepEqual(second.asked, []);
  });

  test('get --on-collision overwrite: one of the two files is left, whole', async (t) => {
    const { first } = await collide(t, '--on-collision', 'overwrite');
    assert.deepEqual([first.code, first.ends], [0, ['ok', 'ok']]);
    assert.deepEqual(Object.keys(first.files), ['a.txt']);
    assert.match(first.files['a.txt'] ?? '', /^body of \/[12]\/a\.txt\n$/);
  });

  test('get --on-collision skip: the second row is skipped without a request', async (t) => {
    const { first, again } = await collide(t, '--on-collision', 'skip');
    const files = { 'a.txt': bodyOf('/1/a.txt') };
    assert.deepEqual([first.code, first.ends], [0, ['ok', 'skipped name-skipped']]);
    assert.deepEqual([first.files, first.asked], [files, ['/1/a.txt']]);
    const second = await again();
    assert.deepEqual([second.files, second.asked, second.code], [files, [], 0]);
  });

  test('get: a file from before the run is overwritten only on request', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    await writeFile(join(directory, 'a'), 'mine');
    const url = `${site.url}/a`;
    const fail = await get('--json', '-d', directory, url);
    assert.deepEqual([fail.code, endsIn(fail.stdout)], [1, ['failed name-collision']]);
    const rename = await get('--json', '-d', directory, '--on-collision', 'rename', url);
    assert.deepEqual([rename.code, endsIn(rename.stdout)], [0, ['ok']]);
    assert.deepEqual(await filesIn(directory), { a: 'mine', 'a-1': bodyOf('/a') });
    const other = await get(
      ...['--json', '-d', directory, '--on-collision', 'overwrite', `${site.url}/x/a`],
    );
    assert.deepEqual([other.code, endsIn(other.stdout)], [0, ['ok']]);
    assert.deepEqual(await filesIn(directory), { a: bodyOf('/x/a'), 'a-1': bodyOf('/a') });
  });

  test('get: no file is written through a link out of its directory', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const [files, outside] = [join(directory, 'files'), join(directory, 'outside')];
    await mkdir(files);
    await mkdir(outside);
    await symlink(outside, join(files, 'p'));
    const { code, stdout } = await get(
      ...['--json', '-d', files, '-o', '{path}/{name}', `${site.url}/p/a`, `${site.url}/q/a`],
    );
    assert.deepEqual(endsIn(stdout), ['failed not-writable', 'ok']);
    assert.equal(code, 1);
    assert.deepEqual(await readdir(outside), []);
  });
});
