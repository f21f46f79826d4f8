import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeUrl, readUrls, withCommand } from '../../../src/cli/options/url-arguments.ts';
import { UsageError } from '../../../src/cli/options/values.ts';

const kind = (isFile: boolean) => ({ isFile: () => isFile, isDirectory: () => !isFile });

/** A file system with a list, a directory, and a file and a directory that are called like hosts. */
function look(path: string) {
  if (['list.txt', 'urls', 'example.com/there'].includes(path)) return kind(true);
  if (['photos', 'example.com'].includes(path)) return kind(false);
  if (path.length > 255) throw new Error('ENAMETOOLONG');
  return undefined;
}

for (const [text, url] of [
  ['http://a/1', 'http://a/1'],
  ['HTTPS://a/1', 'HTTPS://a/1'],
  ['example.com/a.jpg', 'https://example.com/a.jpg'],
  ['example.com', 'https://example.com'],
  ['//example.com/a', 'https://example.com/a'],
  ['www.example.co.uk?x=[1]', 'https://www.example.co.uk?x=[1]'],
  ['example.com/list.txt', 'https://example.com/list.txt'],
  ['münchen.example/a', 'https://münchen.example/a'],
  ['ann:secret@example.com/a', 'https://ann:secret@example.com/a'],
  ['example.com:8080/a', 'http://example.com:8080/a'],
  ['example.com:443/a', 'https://example.com:443/a'],
  ['localhost/a', 'http://localhost/a'],
  ['localhost:8001/flags', 'http://localhost:8001/flags'],
  ['nas:5000', 'http://nas:5000'],
  ['192.168.0.1/a', 'http://192.168.0.1/a'],
  ['[::1]:8080/a', 'http://[::1]:8080/a'],
] as const) {
  test(`readUrls: ${text} is taken as ${url}`, () => {
    const { urls, notes } = readUrls([text], false, look);
    assert.deepEqual(urls, [url]);
    const expected = text === url ? [] : [`${text} is taken as ${url}`];
    assert.deepEqual(
      notes,
      expected.map((note) => note.replaceAll('ann:secret@', '')),
    );
  });
}

for (const [text, said] of [
  ['list.txt', 'list.txt is a file: did you mean -i list.txt?'],
  ['urls', 'urls is a file: did you mean -i urls?'],
  [
    'file:///etc/hosts',
    'the scheme "file" of "file:///etc/hosts" is not supported: only http and https are',
  ],
  ['file://list.txt', 'file://list.txt is a file: did you mean -i list.txt?'],
  [
    'example.com/there',
    'example.com/there is a file: did you mean -i example.com/there, or https://example.com/there?',
  ],
  ['photos', 'photos is a directory: did you mean flaghoist status photos, or -d?'],
  ['-', '- is no URL: did you mean -i -, a list on stdin?'],
  ['lsit.txt', '"lsit.txt" is not a URL: it does not begin with http:// or https://'],
  ['word', '"word" is not a URL: it does not begin with http:// or https://'],
  ['', '"" is not a URL: it does not begin with http:// or https://'],
  [
    'x'.repeat(300),
    `"${'x'.repeat(80)}…" is not a URL: it does not begin with http:// or https://`,
  ],
  [
    'htp://x/a',
    'the scheme "htp" of "htp://x/a" is not supported: only http and https are; did you mean http://x/a?',
  ],
  [
    'htpps://x/a',
    'the scheme "htpps" of "htpps://x/a" is not supported: only http and https are; did you mean https://x/a?',
  ],
  ['ftp://x/a', 'the scheme "ftp" of "ftp://x/a" is not supported: only http and https are'],
  [
    'mailto:ann@example.com',
    '"mailto:ann@example.com" is not a URL: it does not begin with http:// or https://',
  ],
  ['http://', '"http://" is not a URL'],
  [
    'http://a/[1-9].jpg',
    'http://a/[1-9].jpg looks like a pattern: add --expand, or write %5B %5D %7B %7D for [ ] { }',
  ],
  [
    'a.example/{x,y}',
    'https://a.example/{x,y} looks like a pattern: add --expand, or write %5B %5D %7B %7D for [ ] { }',
  ],
] as const) {
  test(`readUrls: ${text.slice(0, 40)} is wrong usage`, () => {
    assert.throws(() => readUrls([text], false, look), new UsageError(said));
  });
}

test('readUrls: patterns are checked by the first URL that they stand for', () => {
  const { urls } = readUrls(['example.com/{a,b}'], true, look);
  assert.deepEqual(urls, ['https://example.com/{a,b}']);
  assert.throws(() => readUrls(['http://a/{b'], true, look), new UsageError('"{" is not closed'));
  assert.throws(() => readUrls(['{a,b}'], true, look), /"a" is not a URL/);
});

test('looksLikeUrl: hosts, URLs of any scheme, and files, but no words', () => {
  for (const text of [
    'example.com',
    'localhost:1',
    'ftp://x',
    'htp://x',
    'https//x',
    'list.txt',
    'urls',
  ]) {
    assert.equal(looksLikeUrl(text, look), true, text);
  }
  for (const text of ['gte', 'staus', 'photos', 'x'.repeat(300)]) {
    assert.equal(looksLikeUrl(text, look), false, text);
  }
});

test('withCommand: get need not be written before an option or a URL', () => {
  for (const args of [
    ['https://a/1'],
    ['example.com/a'],
    ['localhost:8001'],
    ['-d', 'x', 'https://a/1'],
    ['-i', 'list.txt'],
    ['--qiet'],
    ['-'],
    [''],
    ['https:\\\\example.com'],
    ['magnet:?xt=1'],
  ]) {
    assert.deepEqual(
      withCommand(args, ['get', 'retry'], () => undefined),
      ['get', ...args],
    );
  }
  for (const args of [
    [],
    ['get', 'x'],
    ['retry'],
    ['-h'],
    ['--version'],
    ['help', 'get'],
    ['gte'],
  ]) {
    assert.deepEqual(
      withCommand(args, ['get', 'retry'], () => undefined),
      args,
    );
  }
});
