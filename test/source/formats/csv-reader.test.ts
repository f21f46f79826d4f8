// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ListOptions } from '../../../src/source/read-list.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { rowsOf } from '../list-of.ts';

const csv = (content: string, options: Partial<ListOptions> = {}) =>
  rowsOf(content, { format: 'csv', ...options });

const QUOTES = 'a quoted value that does not end, or not where its quotes do';

test('CsvReader: a row has the URL of its column, and all columns', async () => {
  assert.deepEqual(
    await csv('\ufeffid, URL ,caption\r\n7,http://a/1,x\r\n\r\n8, http://a/2 ,\r\n'),
    [
      { url: 'http://a/1', columns: { id: '7', URL: 'http://a/1', caption: 'x' } },
      { url: 'http://a/2', columns: { id: '8', URL: ' http://a/2 ', caption: '' } },
    ],
  );
});

test('CsvReader: quotes keep commas, quotes and line ends', async () => {
  const list = 'url,text\n"http://a/1,2","say ""x"", or\r\n\n# y"\nhttp://a/3,plain "q"\n';
  assert.deepEqual(await csv(list), [
    { url: 'http://a/1,2', columns: { url: 'http://a/1,2', text: 'say "x", or\n\n# y' } },
    { url: 'http://a/3', columns: { url: 'http://a/3', text: 'plain "q"' } },
  ]);
});

test('CsvReader: reads any values quoted as in RFC 4180', async () => {
  const value = fc
    .array(
      fc.oneof(fc.constantFrom('"', ',', '\n', '\t', ' ', "'"), fc.string({ unit: 'grapheme' })),
    )
    .map((parts) => parts.join(''));
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1 }), async (records) => {
      const lines = records.map(([a, b]) => `${quote(a)},http://a/,${quote(b)}`);
      const rows = await csv(['a,url,b', ...lines].join('\r\n'));
      assert.deepEqual(
        rows.map((row) => (row as { columns: unknown }).columns),
        records.map(([a, b]) => ({ a, url: 'http://a/', b })),
      );
    }),
    propertyRuns(),
  );
});

test('CsvReader: tabs for tsv', async () => {
  assert.deepEqual(await csv('url\ta,b\nhttp://a/1\tx,y\n', { format: 'tsv' }), [
    { url: 'http://a/1', columns: { url: 'http://a/1', 'a,b': 'x,y' } },
  ]);
});

test('CsvReader: takes the columns that were asked for', async () => {
  const list = `u,n,md5\nhttp://a/1,one.gif,${'0'.repeat(32)}\nhttp://a/2,,\n`;
  const options = { urlColumn: 'u', nameColumn: 'n', checksumColumn: 'md5' };
  const rows = await csv(list, options);
  assert.deepEqual(rows, [
    {
      url: 'http://a/1',
      name: 'one.gif',
      checksum: { algorithm: 'md5', hex: '0'.repeat(32) },
      columns: { u: 'http://a/1', n: 'one.gif', md5: '0'.repeat(32) },
    },
    { url: 'http://a/2', columns: { u: 'http://a/2', n: '', md5: '' } },
  ]);
});

test('CsvReader: a bad row names its line and column, and reading goes on', async () => {
  const list = `id,url,sum
1,,
2
3,ftp://a/3,
"a ""b""","http:",
5,http://a/5,123
6,http://a/6,,,7
7,http://a/7,,,
"two
lines",http://a b/,
10,http://a/10,
`;
  assert.deepEqual((await csv(list, { checksumColumn: 'sum' })).slice(0, 6), [
    'stdin:2:3: there is no value in the column "url"',
    'stdin:3:2: there is no value in the column "url"',
    'stdin:4:3: the scheme "ftp" of "ftp://a/3" is not supported: only http and https are',
    'stdin:5:11: "http:" is not a URL',
    'stdin:6:14: the checksum "123" has 3 digits, not 32 (md5), 40 (sha1), 64 (sha256), 96 (sha384), 128 (sha512)',
    'stdin:7:1: 5 values for 3 columns: is there one that needs quotes?',
  ]);
  assert.deepEqual((await csv(list)).slice(6), [
    { url: 'http://a/7', columns: { id: '7', url: 'http://a/7', sum: '' } },
    'stdin:9:1: "http://a b/" is not a URL',
    { url: 'http://a/10', columns: { id: '10', url: 'http://a/10', sum: '' } },
  ]);
});

test('CsvReader: broken quotes lose only the line that they begin on', async () => {
  const good = (n: number) => ({ url: `http://a/${n}`, columns: { url: `http://a/${n}`, t: '' } });
  const list = `url,t
http://a/1,
"http://a/2,
http://a/3,
"http://a/4"x,
"http://a/5",
http://a/6,"
http://a/7,
`;
  assert.deepEqual(await csv(list), [
    good(1),
    `stdin:3:1: ${QUOTES}`,
    good(3),
    `stdin:5:1: ${QUOTES}`,
    good(5),
    `stdin:7:1: ${QUOTES}`,
    good(7),
  ]);
});

test('CsvReader: gives up a quote that is not closed within 1 MiB', async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) => `http://a/${index},x${'y'.repeat(10)}`);
  const list = ['url,t', '"http://a/', ...rows].join('\n');
  const chunks = list.match(/.{1,65536}/gs) ?? [];
  const seen = await rowsOf(chunks, { format: 'csv' });
  assert.equal(seen.length, 60_001);
  assert.equal(seen[0], `stdin:2:1: ${QUOTES}`);
});

test('CsvReader: a record does not go on across a line that cannot be read', async () => {
  const list = Buffer.from('url\n"http://a/1\n\xe9"\nhttp://a/2\n', 'latin1');
  assert.deepEqual(await rowsOf([list], { format: 'csv' }), [
    `stdin:2:1: ${QUOTES}`,
    'stdin:3:1: not UTF-8: byte 1 of the line is 0xe9',
    { url: 'http://a/2', columns: { url: 'http://a/2' } },
  ]);
});

test('CsvReader: a header that cannot be used ends the list', async () => {
  const failing = (content: string, message: string, options: Partial<ListOptions> = {}) =>
    assert.rejects(csv(content, options), { message });
  await failing(
    'id,text\n1,2\n',
    'stdin:1:1: which column has the URLs? None is called url; the columns are "id", "text"',
  );
  await failing('\nurl\n', 'stdin:2:1: there is no column "x"; the columns are "url"', {
    nameColumn: 'x',
  });
  await failing('a,a\n', 'stdin:1:1: there is more than one column "a"; the columns are "a", "a"', {
    urlColumn: 'a',
  });
  await failing(
    'http://a/1,x\n',
    'stdin:1:1: the first record should name the columns, and has a URL in it: write a line such as url,title before it',
  );
  await failing('"url\n', `stdin:1:1: ${QUOTES}`);
  await failing('url\n', 'stdin: is empty: there is no row in it');
});

test('CsvReader: __proto__ and the like are ordinary headings', async () => {
  const [row] = await csv('url,__proto__,constructor\nhttp://a/,b,c\n');
  const { columns } = row as { columns: Record<string, string> };
  assert.deepEqual(Object.entries(columns), [
    ['url', 'http://a/'],
    ['__proto__', 'b'],
    ['constructor', 'c'],
  ]);
});

test('CsvReader: a table of Excel with semicolons, a mark and a line for the separator', async () => {
  const list = '\ufeffsep=;\r\nURL;Titel;Preis\r\nhttp://a/1;"Katze; grau";1,50\r\n';
  assert.deepEqual(await rowsOf(list), [
    { url: 'http://a/1', columns: { URL: 'http://a/1', Titel: 'Katze; grau', Preis: '1,50' } },
  ]);
});

test('CsvReader: columns of names and checksums are known by their headings', async () => {
  const md5 = '0'.repeat(32);
  const list = `url,FileName,md5\nhttp://a/1 # first,one.gif,${md5}\n`;
  const columns = { url: 'http://a/1 # first', FileName: 'one.gif', md5 };
  assert.deepEqual(await rowsOf(list), [
    { url: 'http://a/1', name: 'one.gif', checksum: { algorithm: 'md5', hex: md5 }, columns },
  ]);
  const without = await rowsOf(list, { nameColumn: '', checksumColumn: '' });
  assert.deepEqual(without, [{ url: 'http://a/1', columns }]);
});

test('CsvReader: a column `name` is data, as it mostly has names of people and things', async () => {
  const columns = { url: 'http://a/1', name: 'Red shirt' };
  assert.deepEqual(await rowsOf('url,name\nhttp://a/1,Red shirt\n'), [
    { url: 'http://a/1', columns },
  ]);
});
