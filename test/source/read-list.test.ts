// Slow: starts processes.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { createGzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';
import { readList } from '../../src/source/read-list.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { listOf, plain, rowsOf } from './list-of.ts';

/** Open files are looked up in /proc. */
const ON_LINUX = { skip: process.platform !== 'linux' };

const END = { done: true, value: undefined };
const THREE = ['http://a/1', 'http://a/2', 'http://a/3'];

async function fileOf(t: TestContext, name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(t), name);
  await writeFile(path, content);
  return path;
}

/** Whether this process has `path` open. */
async function isOpen(path: string): Promise<boolean> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => 'closed meanwhile')),
  );
  return targets.includes(path);
}

async function untilClosed(path: string): Promise<void> {
  while (await isOpen(path)) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('readList: reads the file anew in each iteration', async (t) => {
  const list = readList({ path: await fileOf(t, 'list.txt', THREE.join('\n')) });
  assert.deepEqual(await Array.fromAsync(list), THREE);
  assert.deepEqual(await Array.fromAsync(list), THREE);
});

test('readList: the format comes from the name, unless it is given', async (t) => {
  const path = await fileOf(t, 'list.csv', 'id,url\n7,http://a/1\n');
  const rows = await Array.fromAsync(readList({ path }));
  assert.deepEqual(rows.map(plain), [
    { url: 'http://a/1', columns: { id: '7', url: 'http://a/1' } },
  ]);
  const lines = await Array.fromAsync(readList({ path, format: 'lines' }));
  assert.match(String(plain(lines[0] ?? '')), /list\.csv:1:1: "id,url" is not a URL/);
});

test('readList: decompresses a gzipped list, whatever its name', async (t) => {
  const gzipped = gzipSync(THREE.slice(0, 2).join('\n').concat('\n'));
  const more = gzipSync(`${THREE[2]}\n`);
  const path = await fileOf(t, 'list.txt', Buffer.concat([gzipped, more]));
  assert.deepEqual(await Array.fromAsync(readList({ path })), THREE);
  const plainText = await fileOf(t, 'list.txt.gz', THREE.join('\n'));
  assert.deepEqual(await Array.fromAsync(readList({ path: plainText })), THREE);
});

test('readList: strict throws the first bad row, after the rows before it', async () => {
  const list = listOf('http://a/1\nnope\nhttp://a/2\n', { strict: true });
  const iterator = list[Symbol.asyncIterator]();
  assert.equal((await iterator.next()).value, 'http://a/1');
  await assert.rejects(iterator.next(), {
    name: 'RowError',
    reason: 'bad-row',
    place: { list: 'stdin', line: 2, column: 1 },
    message: 'stdin:2:1: "nope" is not a URL: it does not begin with http:// or https://',
  });
  assert.deepEqual(await iterator.next(), END);
});

test('readList: the error of an unreadable list is one line with the reason', async (t) => {
  const directory = await temporaryDirectory(t);
  const failing = async (path: string, message: string) => {
    const reading = Array.fromAsync(readList({ path }));
    await assert.rejects(reading, (error) => {
      assert.ok(error instanceof BrokenRunError);
      assert.equal(error.message, `${path}: ${message}`);
      return true;
    });
  };
  await failing(join(directory, 'none.txt'), 'there is no such file');
  await failing(directory, 'is a directory without a list in it');
  await failing(await fileOf(t, 'a.txt', ''), 'is empty: there is no row in it');
  await failing(await fileOf(t, 'b.txt', '# one\n\n'), 'is empty: there is no row in it');
  const binary =
    'is a binary file (or UTF-16 without a byte order mark), not a list: byte 4 is 0; lists are UTF-8 text';
  await failing(await fileOf(t, 'a.png', 'abc\0'), binary);
  await failing(await fileOf(t, 'a.gz', gzipSync('abc\0')), binary);
  await failing(
    await fileOf(t, 'a.arrow', 'http://a/1\n'),
    'is called a list in Arrow format, which is not read: write its URLs to CSV or JSON lines; --format says what is in it otherwise',
  );
  const gzipped = gzipSync('x'.repeat(1000));
  await failing(
    await fileOf(t, 'c.gz', gzipped.subarray(0, -9)),
    'its gzip data ends in the middle',
  );
  gzipped[12] = 0xff;
  await failing(await fileOf(t, 'd.gz', gzipped), 'its gzip data is damaged');
});

test('readList: yields the rows before the place where a list is cut off', async () => {
  const many = Array.from({ length: 50_000 }, (_, index) => `http://a/${index}`);
  const gzipped = gzipSync(many.join('\n'));
  const iterator = listOf([gzipped.subarray(0, -20)])[Symbol.asyncIterator]();
  assert.equal((await iterator.next()).value, 'http://a/0');
  const rest = { [Symbol.asyncIterator]: () => iterator };
  await assert.rejects(Array.fromAsync(rest), {
    message: 'stdin: its gzip data ends in the middle',
  });
});

test('readList: stdin is read once, and must be there', async () => {
  const list = listOf('http://a/');
  assert.deepEqual(await Array.fromAsync(list), ['http://a/']);
  await assert.rejects(Array.fromAsync(list), { message: 'stdin: has been read already' });
  await assert.rejects(Array.fromAsync(readList({ path: '-' })), {
    message: 'stdin: was not given: set the option stdin to a stream',
  });
});

test('readList: an error of the stream is an error of the list', async () => {
  const stdin = new PassThrough();
  const expected = { message: 'stdin: cannot be read: gone' };
  const refused = assert.rejects(Array.fromAsync(readList({ path: '-', stdin })), expected);
  await new Promise((resolve) => setImmediate(resolve));
  stdin.destroy(new Error('gone'));
  await refused;
  await assert.rejects(Array.fromAsync(readList({ path: '-', stdin })), expected);
});

test('readList: names in messages cannot steer a terminal', async () => {
  await assert.rejects(Array.fromAsync(readList({ path: 'no\x1b[2J\nsuch' })), {
    message: 'no\\x1b[2J\\nsuch: there is no such file',
  });
});

test('readList: reads an endless list no faster than its rows are pulled', async () => {
  let made = 0;
  function* endless() {
    for (;;) yield Buffer.from(`http://a/${made++}\n`.repeat(1000));
  }
  const stdin = Readable.from(endless(), { objectMode: false, highWaterMark: 1024 });
  let rows = 0;
  for await (const _ of readList({ path: '-', stdin })) if (++rows === 10_000) break;
  assert.ok(made <= 15, `${made} chunks were made for 10 of them`);
  assert.ok(stdin.destroyed);
});

test('readList: a row is available as soon as its line is complete', async () => {
  const stdin = new PassThrough();
  const iterator = readList({ path: '-', stdin })[Symbol.asyncIterator]();
  stdin.write('http://a/1\nhttp');
  assert.deepEqual(await iterator.next(), { done: false, value: 'http://a/1' });
  stdin.write('://a/2\n');
  assert.deepEqual(await iterator.next(), { done: false, value: 'http://a/2' });
  stdin.end();
  assert.deepEqual(await iterator.next(), END);
});

test('readList: a row of a gzipped list is available before the end of the list', async () => {
  const stdin = new PassThrough();
  const gzip = createGzip();
  gzip.pipe(stdin);
  gzip.write('http://a/1\n');
  gzip.flush();
  const iterator = readList({ path: '-', stdin })[Symbol.asyncIterator]();
  assert.deepEqual(await iterator.next(), { done: false, value: 'http://a/1' });
  gzip.end();
  assert.deepEqual(await iterator.next(), END);
});

test('readList: leaving ends a wait for stdin, and closes it', async () => {
  for (const start of ['', 'http://a/1\n', gzipSync(THREE.join('\n')).subarray(0, 20)]) {
    const stdin = new PassThrough();
    stdin.write(start);
    const iterator = readList({ path: '-', stdin })[Symbol.asyncIterator]();
    if (start === 'http://a/1\n') await iterator.next();
    const waiting = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await iterator.return?.(), END);
    assert.deepEqual(await waiting, END);
    assert.ok(stdin.destroyed);
  }
});

test('readList: leaving before the file is open closes it, too', ON_LINUX, async (t) => {
  const path = await fileOf(t, 'list.txt', THREE.join('\n'));
  const iterator = readList({ path })[Symbol.asyncIterator]();
  const waiting = iterator.next();
  await iterator.return?.();
  assert.deepEqual(await waiting, END);
  await untilClosed(path);
});

test('readList: leaving closes the file', ON_LINUX, async (t) => {
  const long = 'http://a/1\n'.repeat(50_000);
  for (const content of [long, gzipSync(long, { level: 0 })]) {
    const path = await fileOf(t, 'list', content);
    for await (const _ of readList({ path })) {
      assert.ok(await isOpen(path));
      break;
    }
    await untilClosed(path);
  }
});

test('readList: an iteration that waits for a named pipe can be left', ON_LINUX, async (t) => {
  const path = join(await temporaryDirectory(t), 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
  const iterator = readList({ path })[Symbol.asyncIterator]();
  // The list is opened before another process opens the pipe to write to it.
  const first = iterator.next();
  const script = 'exec > "$0"; echo http://a/1; exec sleep 60';
  const writer = spawn('sh', ['-c', script, path], { stdio: 'ignore' });
  t.after(() => writer.kill());
  assert.deepEqual(await first, { done: false, value: 'http://a/1' });
  const waiting = iterator.next();
  await iterator.return?.();
  assert.deepEqual(await waiting, END);
  await untilClosed(path);
  writer.kill();
  await once(writer, 'close');
});

/** Pieces of lists of all formats, good and bad. */
const bits = fc.constantFrom(
  ...['http://a/1', 'http://a/é€😀', 'url,text\n', '"http://a/2"\n', '{"url":"http://a/3"}\n'],
  ...[',', '\t', '"', '\n', '\r\n', '\n ', '\r', ' out=x', '#', 'url', '\ufeff', '\x1b'],
  Uint8Array.of(0xe9),
);

/** The rows of a list, and the message of its error if it ends with one. */
async function reading(chunks: Uint8Array[], format: 'lines' | 'aria2' | 'csv' | 'tsv' | 'jsonl') {
  const rows: unknown[] = [];
  try {
    for await (const row of listOf(chunks, { format })) rows.push(plain(row));
  } catch (error) {
    assert.ok(error instanceof BrokenRunError, String(error));
    rows.push(error.message);
  }
  return rows;
}

for (const format of ['lines', 'aria2', 'csv', 'tsv', 'jsonl'] as const) {
  test(`readList: ${format} read the same wherever the chunks begin, and gzipped`, async () => {
    const contents = fc
      .array(bits, { maxLength: 40 })
      .map((some) => Buffer.concat(some.map((bit) => Buffer.from(bit as string))));
    await fc.assert(
      fc.asyncProperty(contents, fc.array(fc.nat(300)), async (body, cuts) => {
        const content = format === 'csv' ? Buffer.concat([Buffer.from('url,t\n'), body]) : body;
        const whole = await reading([content], format);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), content.length];
        const chunks = edges.slice(1).map((end, index) => content.subarray(edges[index], end));
        assert.deepEqual(await reading(chunks, format), whole);
        assert.deepEqual(await reading([gzipSync(content)], format), whole);
        const bytes = Array.from(content, (byte) => Uint8Array.of(byte));
        assert.deepEqual(await reading(bytes, format), whole);
      }),
      propertyRuns(30),
    );
  });
}

test('readList: line ends of Windows make no difference', async () => {
  const urls = fc.array(fc.webUrl(), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(urls, async (lines) => {
      assert.deepEqual(await rowsOf(lines.join('\r\n')), await rowsOf(lines.join('\n')));
    }),
    propertyRuns(8),
  );
});

test('readList: says that a list without columns does not have the one that was asked for', async () => {
  const warnings: string[] = [];
  const onWarning = (line: string) => warnings.push(line);
  const rows = await rowsOf('http://a/1\n', { nameColumn: 'title', checksumColumn: '', onWarning });
  assert.deepEqual(rows, ['http://a/1']);
  assert.deepEqual(warnings, ['stdin:1:1: the list has no columns, so "title" is not used']);
});

test('readList: says that no row of a JSON list has the column that was asked for', async () => {
  const warnings: string[] = [];
  const onWarning = (line: string) => warnings.push(line);
  const list = '{"url":"http://a/1"}\n{"url":"http://a/2","title":null}\n';
  const asked = { nameColumn: 'title', checksumColumn: 'sum', format: 'jsonl' } as const;
  assert.equal((await rowsOf(list, { ...asked, onWarning })).length, 2);
  assert.deepEqual(warnings, ['stdin: no row has the column "sum", so it was not used']);
});
