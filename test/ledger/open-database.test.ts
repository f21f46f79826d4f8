import assert from 'node:assert/strict';
import { open, stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createFolder, ledgerPath } from '../../src/ledger/folder.ts';
import { openForReading, openForWriting } from '../../src/ledger/open-database.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { anItem, ok, recordsIn, runOf } from './support.ts';

test('openForWriting: marks the database as a ledger of this version', async (t) => {
  const directory = await temporaryDirectory(t);
  createFolder(directory);
  openForWriting(directory).close();
  using database = openForReading(directory);
  assert.deepEqual(
    { ...database.prepare('PRAGMA application_id').get() },
    { application_id: 0x464c484c },
  );
  assert.deepEqual({ ...database.prepare('PRAGMA user_version').get() }, { user_version: 7 });
});

test('openForWriting: refuses a ledger of a newer version', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0))]);
  change(directory, 'PRAGMA user_version = 9');
  for (const opened of [openForWriting, openForReading]) {
    assert.throws(() => opened(directory), {
      name: 'BrokenRunError',
      message: /is of a newer flaghoist \(version 9, this one knows 7\); update flaghoist$/,
    });
  }
});

test('openForWriting: refuses a ledger of an older version', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(directory, [ok(anItem(0))]);
  change(directory, 'PRAGMA user_version = 1');
  for (const opened of [openForWriting, openForReading]) {
    assert.throws(() => opened(directory), {
      name: 'BrokenRunError',
      message: /is of an older flaghoist \(version 1, this one knows 7\); go on with that one, or /,
    });
  }
});

/** What takes a ledger back to an older version. */
/** The columns of versions 6 and 7. */
const DROP_NEW = ['insecure', 'earlier_tries', 'saved_at', 'checksum', 'key', 'duplicate_of']
  .map((column) => `ALTER TABLE records DROP COLUMN ${column};`)
  .concat('ALTER TABLE runs DROP COLUMN key;')
  .join(' ');

const BACK_TO = {
  3: `
    DROP VIEW rows;
    ALTER TABLE records DROP COLUMN content_type;
    ALTER TABLE records DROP COLUMN origin_down;
    ALTER TABLE records DROP COLUMN resolved_address;
    ${DROP_NEW}
    CREATE VIEW rows AS SELECT id, url FROM records;
    PRAGMA user_version = 3;`,
  4: `
    DROP VIEW rows;
    ALTER TABLE records DROP COLUMN origin_down;
    ALTER TABLE records DROP COLUMN resolved_address;
    ${DROP_NEW}
    CREATE VIEW rows AS SELECT id, url, content_type FROM records;
    PRAGMA user_version = 4;`,
  5: `
    DROP VIEW rows;
    ${DROP_NEW}
    CREATE VIEW rows AS SELECT id, url, content_type, origin_down, resolved_address FROM records;
    PRAGMA user_version = 5;`,
  6: `
    DROP VIEW rows;
    ALTER TABLE records DROP COLUMN duplicate_of;
    CREATE VIEW rows AS SELECT id, url, content_type, key FROM records;
    PRAGMA user_version = 6;`,
};

for (const version of [3, 4, 5, 6] as const) {
  for (const open of [openForWriting, openForReading]) {
    test(`${open.name}: a ledger of version ${version} becomes one of this version and keeps its rows`, async (t) => {
      const directory = await temporaryDirectory(t);
      await runOf(directory, [ok(anItem(0), { contentType: 'image/gif' })]);
      change(directory, BACK_TO[version]);
      open(directory).close();
      const [record] = recordsIn(directory);
      assert.equal(record?.url, anItem(0).url);
      assert.equal(record?.contentType, version === 3 ? undefined : 'image/gif');
      assert.equal(record?.resolvedAddress, undefined);
      const more = { contentType: 'image/png', resolvedAddress: '192.0.2.1' };
      await runOf(directory, [ok(anItem(1), more)]);
      const [, { contentType, resolvedAddress } = {}] = recordsIn(directory);
      assert.deepEqual({ contentType, resolvedAddress }, more);
    });
  }
}

test("openForWriting: refuses another program's database", async (t) => {
  const directory = await temporaryDirectory(t);
  createFolder(directory);
  change(directory, 'CREATE TABLE moz_places (id)');
  assert.throws(() => openForWriting(directory), {
    name: 'BrokenRunError',
    message: /is no ledger but another program's database; move it away/,
  });
});

test('openForReading: a damaged ledger is refused in one line', async (t) => {
  const directory = await temporaryDirectory(t);
  await runOf(
    directory,
    Array.from({ length: 2000 }, (_, i) => ok(anItem(i))),
  );
  const { size } = await stat(ledgerPath(directory));
  const file = await open(ledgerPath(directory), 'r+');
  await file.write(Buffer.alloc(size - 4096, 0xee), 0, size - 4096, 4096);
  await file.close();
  assert.throws(() => recordsIn(directory), {
    name: 'BrokenRunError',
    message: /^the ledger .* is damaged; restore it, or move it away and run again/,
  });
});

test('openForReading: says that there is no ledger', async (t) => {
  const directory = await temporaryDirectory(t);
  assert.throws(() => openForReading(directory), {
    name: 'BrokenRunError',
    message: /^there is no ledger in /,
  });
});

function change(directory: string, sql: string): void {
  using database = new DatabaseSync(ledgerPath(directory));
  database.exec(sql);
}
