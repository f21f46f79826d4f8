import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compressionOfName,
  ownCompression,
} from '../../../../src/fetch/body/coding/own-compression.ts';

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
  test(`compressionOfName: ${JSON.stringify(name)} is ${own}`, () => {
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
  test(`ownCompression: by ${what} it is ${own}`, () => {
    assert.equal(ownCompression(file), own);
  });
}
