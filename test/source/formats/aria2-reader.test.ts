import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../list-of.ts';

const HEX = '0123456789abcdef'.repeat(4);

const aria2 = (content: string, onWarning?: (message: string) => void) =>
  rowsOf(content, { format: 'aria2', onWarning });

test('Aria2Reader: a row for each line of URIs, with the options below it', async () => {
  const list = `# a list
http://a/1\thttp://b/1\thttp://c/1

http://a/2
  out=two.gif
\tdir=some/where
  # not this one
  header=X-One: 1
  header=x-one: 2
  header=Cookie: a=b
  header=Cookie: c=d
  user-agent=me
  referer=http://a/
  checksum=sha-256=${HEX}
http://a/3`;
  assert.deepEqual(await aria2(list), [
    { url: 'http://a/1', mirrors: ['http://b/1', 'http://c/1'] },
    {
      url: 'http://a/2',
      name: 'two.gif',
      directory: 'some/where',
      headers: {
        'X-One': '1, 2',
        Cookie: 'a=b; c=d',
        'User-Agent': 'me',
        Referer: 'http://a/',
      },
      checksum: { algorithm: 'sha256', hex: HEX },
    },
    { url: 'http://a/3' },
  ]);
});

test('Aria2Reader: leaves out URIs other than http, as long as there is one', async () => {
  assert.deepEqual(await aria2('ftp://a/1\thttp://a/1\nftp://a/2\n'), [
    { url: 'http://a/1' },
    'stdin:2:1: the scheme "ftp" of "ftp://a/2" is not supported: only http and https are',
  ]);
});

test('Aria2Reader: warns once of each unknown option', async () => {
  const warnings: string[] = [];
  const list = 'http://a/1\n  split=3\n  gid=x\nhttp://a/2\n  split=4\n';
  const rows = await aria2(list, (message) => warnings.push(message));
  assert.deepEqual(rows, [{ url: 'http://a/1' }, { url: 'http://a/2' }]);
  assert.deepEqual(warnings, [
    'stdin:2:3: the option "split" has no meaning here and is ignored',
    'stdin:3:3: the option "gid" has no meaning here and is ignored',
  ]);
});

for (const [options, place] of [
  [' out=a/2.iso', { name: '2.iso', directory: 'a' }],
  [' out=a/b/2.iso\n dir=d', { name: '2.iso', directory: 'd/a/b' }],
  [' out=/2.iso\n dir=d', { name: '2.iso', directory: 'd/' }],
  [' out=a/', { directory: 'a' }],
] as const) {
  test(`Aria2Reader: ${JSON.stringify(options)}: an out with a slash is a directory below`, async () => {
    assert.deepEqual(await aria2(`http://a/1\n${options}\n`), [{ url: 'http://a/1', ...place }]);
  });
}

test('Aria2Reader: warns of 20 options at most', async () => {
  let warnings = 0;
  const options = Array.from({ length: 1000 }, (_, index) => ` x${index}=1\n`);
  await aria2(`http://a/\n${options.join('')}`, () => warnings++);
  assert.equal(warnings, 20);
});

test('Aria2Reader: a bad option makes a bad row with the place of the option', async () => {
  const list = `  out=x
http://a/1
  checksum=md5=123
  out
http://a/2
  header=no header
http://a/3
  out
http://a/4
  constructor=1
`;
  assert.deepEqual(await aria2(list), [
    'stdin:1:1: an option (an indented line) before the first URI',
    'stdin:3:12: a md5 checksum has 32 hex digits, not 3',
    'stdin:6:10: this is not a header: it should read "Name: value"',
    'stdin:8:3: an indented line is an option, and should read name=value',
    { url: 'http://a/4' },
  ]);
});

test('Aria2Reader: an unreadable line makes its row a bad row', async () => {
  const long = 'x'.repeat(2 ** 20);
  assert.deepEqual(await aria2(`http://a/1\n out=${long}\nhttp://a/2${long}\n out=b\nhttp://a/3`), [
    'stdin:2:1: the line is longer than 1048576 bytes',
    'stdin:3:1: the line is longer than 1048576 bytes',
    { url: 'http://a/3' },
  ]);
});

test('Aria2Reader: a header value cannot add another header', async () => {
  const [row] = await aria2('http://a/1\n  header=A: b\x01c\n');
  assert.match(
    String(row),
    /^stdin:2:10: the value of the header "A" has characters that are not allowed/,
  );
});
