import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../list-of.ts';

test('LinesReader: a URL on each line, but for blank lines and comments', async () => {
  const list = '\ufeffhttp://a/1\n\n  \t\n# http://a/2\n  # no\n \thttp://a/3 \r\nhttp://a/#4';
  assert.deepEqual(await rowsOf(list), ['http://a/1', 'http://a/3', 'http://a/#4']);
});

test('LinesReader: a bad row names its place, and reading goes on', async () => {
  assert.deepEqual(await rowsOf('http://a/1\n\n  ftp://a/2\nhttp://a/3\n'), [
    'http://a/1',
    'stdin:3:3: the scheme "ftp" of "ftp://a/2" is not supported: only http and https are',
    'http://a/3',
  ]);
});

test('LinesReader: a line that cannot be read is a bad row, unless it is a comment', async () => {
  const list = Buffer.from('http://a/\xe9\n# \xe9\nhttp://a/\n', 'latin1');
  assert.deepEqual(await rowsOf([list]), [
    'stdin:1:10: not UTF-8: byte 10 of the line is 0xe9',
    'http://a/',
  ]);
  const blanks = ' '.repeat(2 ** 20 + 1);
  assert.deepEqual(await rowsOf(`${blanks}\nhttp://a/`), [
    'stdin:1:1: the line is longer than 1048576 bytes',
    'http://a/',
  ]);
});

for (const list of ['http://a/1\n  out=x.gif\n', 'http://a/1\thttp://b/1\n']) {
  test(`LinesReader: ${JSON.stringify(list)} is taken for aria2's format, and says so`, async () => {
    const rows = await rowsOf(list);
    assert.match(
      String(rows.at(-1)),
      /^stdin:\d:1: this looks like aria2's input format: .*--format aria2/,
    );
  });
}

test('LinesReader: a remark after a URL, and a heading in the first line, are skipped', async () => {
  const list = '# mine\nURL\nhttp://a/1 # the cover\nhttp://a/2#top\t#\nurl\nhttp://a/3 #4\n';
  assert.deepEqual(await rowsOf(list), [
    'http://a/1',
    'http://a/2#top',
    'stdin:5:1: "url" is not a URL: it does not begin with http:// or https://',
    'http://a/3 #4',
  ]);
});
