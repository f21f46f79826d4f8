import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetOf } from '../source/parquet/parquet-file.ts';
import { COMMAND } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  allOf,
  bodyOf,
  endsIn,
  filesIn,
  get,
  outcomesIn,
  serveSite,
  startGetWithInput,
} from './get-support.ts';

/** Writes lists. @returns the options for them */
async function lists(directory: string, contents: Record<string, string | Uint8Array>) {
  const options: string[] = [];
  for (const [name, content] of Object.entries(contents)) {
    const path = join(directory, name);
    await writeFile(path, content);
    options.push('-i', path);
  }
  return options;
}

// Two at a time: a test mostly waits for its process to start.
suite('get-lists', { concurrency: 2 }, () => {
  test('get -i: the name of a list tells its format, gzipped or not', async (t) => {
    const { url } = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const inputs = await lists(directory, {
      'a.txt': `# no\n${url}/lines\n`,
      'b.csv': `id,url\n1,${url}/csv\n`,
      'c.tsv': `id\turl\n1\t${url}/tsv\n`,
      'd.jsonl': `{"url":"${url}/jsonl"}\n"${url}/string"\n`,
      'e.aria2': `${url}/aria2\n  out=other\n  dir=below\n`,
      'f.csv.gz': gzipSync(`url\n${url}/csv-gz\n`),
      'g.gz': gzipSync(`${url}/lines-gz\n`),
      'h.parquet': parquetOf([{ name: 'url', data: [`${url}/parquet`] }]),
      'i.txt': `TsvHttpData-1.0\n${url}/size\t${bodyOf('/size').length}\n${url}/wrong\t1\n`,
    });
    const files = join(directory, 'files');
    const { code, stdout } = await get('--json', '-d', files, ...inputs);
    assert.deepEqual(endsIn(stdout), [...Array(10).fill('ok'), 'failed wrong-size']);
    const message = `the file is ${bodyOf('/wrong').length} bytes long, and the list says 1`;
    assert.equal(outcomesIn(stdout).at(-1)?.message, message);
    assert.equal(code, 1);
    assert.deepEqual(await filesIn(files), {
      'below/other': bodyOf('/aria2'),
      csv: bodyOf('/csv'),
      'csv-gz': bodyOf('/csv-gz'),
      jsonl: bodyOf('/jsonl'),
      lines: bodyOf('/lines'),
      'lines-gz': bodyOf('/lines-gz'),
      parquet: bodyOf('/parquet'),
      size: bodyOf('/size'),
      string: bodyOf('/string'),
      tsv: bodyOf('/tsv'),
    });
  });

  test('get --format: columns have the names and checksums', async (t) => {
    const { url } = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const right = hash('sha256', bodyOf('/a'));
    const sri = `sha512-${hash('sha512', bodyOf('/b'), 'base64')}`;
    const wrong = hash('md5', 'something else');
    const inputs = await lists(directory, {
      'list.data': `where,as,sum
${url}/a,one,${right}
${url}/b,two,${sri}
${url}/c,three,${wrong}
${url}/d,four,1234
`,
    });
    const files = join(directory, 'files');
    const columns = ['--url-column', 'where', '--name-column', 'as', '--checksum-column', 'sum'];
    const { code, stdout } = await get(
      ...['--json', '-d', files, '--format', 'csv', '--tries', '1', ...columns, ...inputs],
    );
    assert.deepEqual(endsIn(stdout), ['ok', 'ok', 'failed checksum', 'failed bad-row']);
    assert.match(outcomesIn(stdout)[3]?.message ?? '', /list\.data:5:\d+: /);
    assert.deepEqual(await filesIn(files), { one: bodyOf('/a'), two: bodyOf('/b') });
    assert.equal(code, 1);
  });

  test('get -i DIR: Parquet files give names, and rows in the same order again', async (t) => {
    const { url } = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const table = join(directory, 'table');
    await mkdir(table);
    for (const part of [1, 2]) {
      const content = parquetOf([
        { name: 'where', data: [`${url}/${part}a`, null, `${url}/${part}b`] },
        { name: 'title', data: ['one', 'two', 'three'].map((title) => `${title}-${part}`) },
        { name: 'blob', data: Array(3).fill(Uint8Array.of(255)), type: 'BYTE_ARRAY' },
      ]);
      await writeFile(join(table, `part-${part}.parquet`), content);
    }
    await writeFile(join(table, '_SUCCESS'), '');
    const files = join(directory, 'files');
    const options = ['--json', '-d', files, '-i', table, '--url-column', 'where'];
    const first = await get(...options, '-o', '{title}.txt');
    assert.equal(first.code, 1, first.stderr);
    assert.deepEqual(await filesIn(files), {
      ...{ 'one-1.txt': bodyOf('/1a'), 'three-1.txt': bodyOf('/1b') },
      ...{ 'one-2.txt': bodyOf('/2a'), 'three-2.txt': bodyOf('/2b') },
    });
    const bad = outcomesIn(first.stdout).filter(({ status }) => status !== 'ok');
    assert.deepEqual(
      bad.map(({ index, message }) => [index, message?.replace(directory, 'DIR')]),
      [1, 4].map((index) => [
        index,
        `DIR/table/part-${index === 1 ? 1 : 2}.parquet: row 2 (row group 1): there is no value in the column "where"`,
      ]),
    );
    const again = await get(...options, '-o', '{title}.txt');
    const ends = ['skipped already-there', 'failed bad-row', 'skipped already-there'];
    assert.deepEqual(endsIn(again.stdout), [...ends, ...ends]);
    const wrong = await get(...options, '-o', '{titel}.txt');
    assert.match(
      wrong.stderr,
      /^\*\*\* Usage error: --output [^\n]*did you mean \{title\}\?[^\n]*\n/,
    );
    assert.equal(wrong.code, 2);
  });

  test('get --expand: patterns become URLs; without it they stay as they are', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const pattern = `${site.url}/{a,b}[08-10]`;
    const expanded = await get('--expand', '--json', '-d', join(directory, '1'), pattern);
    assert.deepEqual(endsIn(expanded.stdout), Array(6).fill('ok'));
    assert.deepEqual(site.paths(), ['/a08', '/a09', '/a10', '/b08', '/b09', '/b10']);
    const odd = `${site.url}/{a}[b]`;
    const literal = await get('--json', '-d', join(directory, '2'), odd);
    assert.deepEqual(endsIn(literal.stdout), ['ok']);
    assert.deepEqual(site.paths().map(decodeURIComponent), ['/{a}[b]']);
  });

  test('get -i: a bad row fails with its list, line and column, and the others are downloaded', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const { url } = site;
    const inputs = await lists(directory, {
      'a.txt': `${url}/a1\n  ftp://host/x\nnonsense\nhttp://\n${url}/a2\n`,
      'b.csv': `id,url\n1,${url}/b1\n2,\n3,"${url}/b2\n4,${url}/b3\n`,
      'c.jsonl': `{"url":"${url}/c1"}\n{"url" "x"}\n[]\n`,
      'd.txt': Buffer.from(`${url}/d1\n${url}/\xff\n${url}/d2\n`, 'latin1'),
    });
    const files = join(directory, 'files');
    const { code, stdout, stderr } = await get('--json', '-d', files, ...inputs, `${url}/z`);
    const bad = outcomesIn(stdout).filter(({ status }) => status !== 'ok');
    assert.deepEqual(
      bad.map(({ reason }) => reason),
      Array(bad.length).fill('bad-row'),
    );
    const places = bad.map(({ message = '' }) => {
      assert.ok(message.startsWith(`${directory}/`), message);
      return message.slice(directory.length + 1).split(': ')[0];
    });
    assert.deepEqual(places, [
      ...['a.txt:2:3', 'a.txt:3:1', 'a.txt:4:1', 'b.csv:3:3', 'b.csv:4:1'],
      ...['c.jsonl:2:8', 'c.jsonl:3:1', `d.txt:2:${url.length + 2}`],
    ]);
    assert.deepEqual(site.paths(), ['/a1', '/a2', '/b1', '/b3', '/c1', '/d1', '/d2', '/z']);
    assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
  });

  test('get --strict: the first bad row is one line and exit code 3', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    // The rows after the bad one are in another chunk of the file.
    const rest = `${site.url}/b\n`.repeat(10_000);
    const inputs = await lists(directory, {
      'a.txt': `${site.url}/a\nftp://ann:s3cret@host/x\n${rest}`,
    });
    const { code, stderr } = await get('--strict', '-d', join(directory, 'files'), ...inputs);
    assert.equal(
      stderr.replace(directory, 'DIR'),
      'flaghoist: DIR/a.txt:2:1: the scheme "ftp" of "ftp://host/x" is not supported: only http and https are (--strict)\n',
    );
    assert.equal(code, 3);
    assert.equal(site.paths().includes('/b'), false);
  });

  test('get -i: a list that cannot be read is one line and exit code 3', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const cases: [name: string, content: string | Uint8Array, said: RegExp][] = [
      ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2, 0, 0]), /binary/],
      ['a.csv', `id,text\n1,${site.url}/a\n`, /which column has the URLs\?/],
    ];
    await Promise.all(
      cases.map(async ([name, content, said]) => {
        const inputs = await lists(directory, { [name]: content });
        const files = join(directory, `${name}-files`);
        const { code, stderr } = await get('-d', files, ...inputs);
        assert.equal(code, 3, stderr);
        assert.match(stderr, new RegExp(`^flaghoist: ${join(directory, name)}.*\n$`));
        assert.match(stderr, said);
      }),
    );
    const missing = await get('-d', directory, '-i', join(directory, 'no.txt'));
    assert.deepEqual(
      [missing.code, missing.stderr],
      [3, `flaghoist: ${join(directory, 'no.txt')}: there is no such file\n`],
    );
    assert.deepEqual(site.paths(), []);
  });

  test('get -i -: the first request is sent while the list is still being written', async (t) => {
    const asked = Promise.withResolvers<void>();
    const site = await serveSite(t, (path, response) => {
      asked.resolve();
      response.end(bodyOf(path));
    });
    const directory = await temporaryDirectory(t);
    const child = startGetWithInput('--json', '-d', directory, '-i', '-');
    const all = allOf(child);
    child.stdin.write(`${site.url}/a\n`);
    await asked.promise;
    child.stdin.end(`${site.url}/b\n`);
    const { code, stdout } = await all;
    assert.deepEqual(endsIn(stdout), ['ok', 'ok']);
    assert.equal(code, 0);
  });

  test('get --dry-run: SIGINT ends it, and nothing stays in the temporary directory', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const directory = await temporaryDirectory(t);
    const child = spawn(
      process.execPath,
      [COMMAND, 'get', '--dry-run', '-d', directory, '-i', '-'],
      {
        env: { ...process.env, TMPDIR: directory },
      },
    );
    const printed = once(child.stdout, 'data');
    child.stdin.write('http://h/a\n');
    await printed;
    assert.equal((await readdir(directory)).length, 1);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [null, 'SIGINT']);
    assert.deepEqual(await readdir(directory), []);
  });

  test('get -i -: SIGINT ends a run whose list has no end', async (t) => {
    const asked = Promise.withResolvers<void>();
    const site = await serveSite(t, () => asked.resolve());
    const directory = await temporaryDirectory(t);
    const child = startGetWithInput('--json', '-d', directory, '-i', '-');
    const all = allOf(child);
    child.stdin.on('error', () => {});
    child.stdin.write(`${site.url}/a\n`);
    await asked.promise;
    child.kill('SIGINT');
    const { code, stdout } = await all;
    assert.deepEqual(endsIn(stdout), ['cancelled cancelled']);
    assert.equal(code, 130);
    if (!child.stdin.destroyed) {
      child.stdin.destroy();
      await once(child.stdin, 'close');
    }
  });
});
