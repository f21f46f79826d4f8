import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codingsOf,
  compressionOfName,
  ownCompression,
} from '../../../../src/fetch/body/coding/content-codings.ts';

for (const [values, codings] of [
  [[], []],
  [[' gzip,, BR '], ['gzip', 'br']],
  [
    ['gzip', 'gzip'],
    ['gzip', 'gzip'],
  ],
  [['identity', 'gzip'], ['gzip']],
  [['gzip', 'identity'], ['gzip']],
  [
    ['x-gzip, deflate', 'zstd'],
    ['gzip', 'deflate', 'zstd'],
  ],
  [['aws-chunked,gzip'], ['gzip']],
] as const) {
  test(`codingsOf: ${JSON.stringify(values)} in the order in which they were applied`, () => {
    assert.deepEqual(codingsOf(values), codings);
  });
}

for (const word of [
  ...['', 'none', 'None', 'utf-8', 'UTF-8', 'binary', 'aws-chunked', 'identity'],
  ...['8bit', '7bit', 'iso-8859-1', 'us-ascii', 'null'],
]) {
  test(`codingsOf: ${JSON.stringify(word)} means no coding`, () => {
    assert.deepEqual(codingsOf([word]), []);
  });
}

for (const values of [['constructor'], ['exi'], ['gzip, exi'], ['gzip,'.repeat(5)], ['bzip2']]) {
  test(`codingsOf: ${JSON.stringify(values)} is refused`, () => {
    assert.throws(() => codingsOf(values), { name: 'EncodingError' });
  });
}

test('codingsOf: the error shows the beginning of an unknown value', () => {
  assert.throws(
    () => codingsOf(['x'.repeat(10_000)]),
    ({ message }: Error) => message.length < 200,
  );
});

for (const [own, values, codings] of [
  ['gzip', ['gzip'], []],
  ['gzip', ['x-gzip'], []],
  ['gzip', ['gzip, br'], ['br']],
  ['gzip', ['gzip', 'gzip'], ['gzip']],
  ['gzip', ['br'], ['br']],
  ['bzip2', ['x-bzip2'], []],
  ['zip', ['gzip'], ['gzip']],
] as const) {
  test(`codingsOf: ${values} of a ${own} file leaves ${JSON.stringify(codings)} to undo`, () => {
    assert.deepEqual(codingsOf(values, own), codings);
  });
}

for (const [name, own] of [
  ['app.tar.gz', 'gzip'],
  ['APP.TGZ', 'gzip'],
  ['https://example.com/v1/app.tar.gz', 'gzip'],
  ['https://example.com/app.gz?token=a.zip', 'gzip'],
  ['https://example.com/app.gz#part.html', 'gzip'],
  ['a.zst', 'zstd'],
  ['a.br', 'br'],
  ['a.tar.xz', 'xz'],
  ['a.bz2', 'bzip2'],
  ['a.zip', 'zip'],
  ['a.Z', 'compress'],
  ['a.html', undefined],
  ['gz', undefined],
  ['https://example.gz', undefined],
  ['https://example.com/?file=a.gz', undefined],
  ['a.constructor', undefined],
  ['', undefined],
] as const) {
  test(`compressionOfName: ${JSON.stringify(name)} means ${own}`, () => {
    assert.equal(compressionOfName(name), own);
  });
}

for (const [what, file, own] of [
  ['the first name that says it', { names: [undefined, 'a', 'b.gz', 'c.br'] }, 'gzip'],
  ['a media type', { names: ['a'], contentType: 'application/x-gzip; charset=x' }, 'gzip'],
  ['an archive', { names: ['a'], contentType: 'Application/Zip' }, 'zip'],
  ['what it says of a script', { names: ['a'], contentType: 'text/javascript' }, undefined],
  ['a name in a header', { names: [], contentDisposition: 'attachment; filename="a.tgz"' }, 'gzip'],
  ['one without quotes', { names: [], contentDisposition: 'attachment; filename=a.zst ' }, 'zstd'],
  ['another in it', { names: [], contentDisposition: "x; filename*=UTF-8''a.xz; b=c" }, 'xz'],
  ['no name in a header', { names: [], contentDisposition: 'inline' }, undefined],
] as const) {
  test(`ownCompression: ${what} means ${own}`, () => {
    assert.equal(ownCompression(file), own);
  });
}
