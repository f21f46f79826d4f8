import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseIni, readIniFile } from '../../../src/storage/s3/ini-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('parseIni: sections, comments and nested blocks, as the AWS tools read them', () => {
  const text = `
no section = 1
[default]
; a comment
Region = eu-west-1 # where it is
key = a#b;c
s3 =
  endpoint_url = http://localhost:9000
  addressing_style = path
output = json\r
  not_nested = 1
no value
[ profile   work ]
region=us-east-1
[default]
more = 1
`;
  assert.deepEqual(Object.fromEntries(parseIni(text)), {
    default: {
      region: 'eu-west-1',
      key: 'a#b;c',
      s3: '',
      's3.endpoint_url': 'http://localhost:9000',
      's3.addressing_style': 'path',
      output: 'json',
      not_nested: '1',
      more: '1',
    },
    'profile work': { region: 'us-east-1' },
  });
});

test('readIniFile: no file is no settings; one that cannot be read is an error', async (t) => {
  const directory = await temporaryDirectory(t);
  assert.equal((await readIniFile(join(directory, 'missing'))).size, 0);
  await assert.rejects(readIniFile(directory), { code: 'EISDIR' });
});
