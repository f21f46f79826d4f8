import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { passwordFor } from '../../src/fleet/password-file.ts';
import { saying } from '../support/saying.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LOGIN = { host: 'db.example', port: 5432, database: 'fleet', user: 'ann' };

test('passwordFor: the first line that fits has it', async (t) => {
  const path = join(await temporaryDirectory(t), 'pgpass');
  assert.equal(await passwordFor(LOGIN, path), undefined);
  const lines = [
    '#db.example:5432:fleet:ann:comment',
    '',
    'too:short',
    'db.example:5433:fleet:ann:other port',
    'db.example:5432:fleet:a\\:n\\\\n:escaped',
    'db.example:5432:fleet:ann:with : and \\\\ in it',
    'localhost:*:*:ann:of the socket',
    '*:*:*:*:any',
  ];
  await writeFile(path, lines.join('\r\n'), { mode: 0o600 });
  for (const [login, password] of [
    [LOGIN, 'with : and \\ in it'],
    [{ ...LOGIN, port: 5433 }, 'other port'],
    [{ ...LOGIN, user: 'a:n\\n' }, 'escaped'],
    [{ ...LOGIN, host: '/var/run/postgresql' }, 'of the socket'],
    [{ ...LOGIN, user: undefined }, 'any'],
  ] as const) {
    assert.equal(await passwordFor(login, path), password);
  }
});

test('passwordFor: a file that others may read is refused, with what to do', {
  skip: process.platform === 'win32' && 'files have no such rights',
}, async (t) => {
  const path = join(await temporaryDirectory(t), 'pgpass');
  await writeFile(path, '*:*:*:*:secret');
  await chmod(path, 0o640);
  await assert.rejects(passwordFor(LOGIN, path), saying(/so none is taken from it: chmod 600 \//));
});
