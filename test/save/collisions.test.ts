import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { reasonOf } from '../../src/model/reason.ts';
import { ON_COLLISION } from '../../src/save/names/name-registry.ts';
import { compileTemplate } from '../../src/save/names/name-template.ts';
import { DirectorySink } from '../../src/save/sinks/directory-sink.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { saveBody } from './save-body.ts';

async function contents(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (name) => [name, await readFile(join(directory, name), 'utf8')]),
    ),
  );
}

for (const [onCollision, expected, failure] of [
  ['fail', { 'a.gif': 'one' }, 'NameCollisionError'],
  ['rename', { 'a.gif': 'one', 'a-1.gif': 'two' }, undefined],
  ['overwrite', { 'a.gif': 'two' }, undefined],
  ['skip', { 'a.gif': 'one' }, 'SkipError'],
] as const) {
  test(`DirectorySink: two rows of one name, with onCollision ${onCollision}`, async (t) => {
    const directory = await temporaryDirectory(t);
    const sink = await DirectorySink.open(directory, { onCollision });
    await saveBody(sink, {}, 'one');
    const second = saveBody(sink, {}, 'two');
    if (failure === undefined) await second;
    else await assert.rejects(second, { name: failure });
    assert.deepEqual(await contents(directory), expected);
  });

  test(`DirectorySink: a file from before the run, with onCollision ${onCollision}`, async (t) => {
    const directory = await temporaryDirectory(t);
    await writeFile(join(directory, 'a.gif'), 'one');
    const sink = await DirectorySink.open(directory, { onCollision });
    const second = saveBody(sink, {}, 'two');
    if (failure === undefined) await second;
    else if (failure === 'SkipError') await assert.rejects(second, { reason: 'name-skipped' });
    else {
      await assert.rejects(second, {
        name: 'ExistingFileError',
        reason: 'name-collision',
        path: join(directory, 'a.gif'),
      });
    }
    assert.deepEqual(await contents(directory), expected);
  });
}

test('DirectorySink.open: a row keeps its name while it is in flight', async (t) => {
  const sink = await DirectorySink.open(await temporaryDirectory(t));
  const first = await sink.open({ index: 0, url: 'http://h/a.gif' });
  await assert.rejects(saveBody(sink, {}), { name: 'NameCollisionError' });
  await first.discard();
  await saveBody(sink, {});
});

test('DirectorySink: renaming avoids the names of rows in flight and of existing files', async (t) => {
  const directory = await temporaryDirectory(t);
  for (const name of ['a.gif', 'a-1.gif', 'a-3.gif']) await writeFile(join(directory, name), name);
  const sink = await DirectorySink.open(directory, { onCollision: 'rename' });
  const saved = await Promise.all(Array.from({ length: 5 }, (_, i) => saveBody(sink, {}, `${i}`)));
  const names = ['a-2.gif', 'a-4.gif', 'a-5.gif', 'a-6.gif', 'a-7.gif'];
  assert.deepEqual(
    saved.map(({ path }) => path).sort(),
    names.map((name) => join(directory, name)),
  );
  const all = await contents(directory);
  for (const name of ['a.gif', 'a-1.gif', 'a-3.gif']) assert.equal(all[name], name);
  for (const [i, { path }] of saved.entries()) assert.equal(all[basename(path)], `${i}`);
});

test('DirectorySink: replaceExisting replaces existing files, whatever onCollision is', async (t) => {
  for (const onCollision of ON_COLLISION) {
    const directory = await temporaryDirectory(t);
    await writeFile(join(directory, 'a.gif'), 'one');
    const sink = await DirectorySink.open(directory, { onCollision, replaceExisting: true });
    await saveBody(sink, {}, 'two');
    assert.deepEqual(await contents(directory), { 'a.gif': 'two' });
    if (onCollision !== 'overwrite') {
      // It does not let rows of the run replace each other.
      await saveBody(sink, {}, 'three').catch(() => {});
      assert.equal((await contents(directory))['a.gif'], 'two');
    }
  }
});

test('DirectorySink: a replaceExisting rule is called only for files that exist', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'own.gif'), 'one');
  await writeFile(join(directory, 'foreign.gif'), 'one');
  const asked: string[] = [];
  const sink = await DirectorySink.open(directory, {
    replaceExisting: ({ url }, path, stats) => {
      assert.equal(stats.size, 3);
      asked.push(path);
      return url.endsWith('own.gif');
    },
  });
  await saveBody(sink, { url: 'http://h/own.gif' }, 'two');
  await saveBody(sink, { url: 'http://h/new.gif' }, 'two');
  await assert.rejects(saveBody(sink, { url: 'http://h/foreign.gif' }), { path: /foreign\.gif$/ });
  assert.deepEqual(asked, [join(directory, 'own.gif'), join(directory, 'foreign.gif')]);
  assert.deepEqual(await contents(directory), {
    'foreign.gif': 'one',
    'new.gif': 'two',
    'own.gif': 'two',
  });
});

test('DirectorySink: a replaceExisting rule can tell older files by their time of change', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'old.gif'), '');
  // Programs such as archivers set the modification time; the time of change cannot be set.
  await utimes(join(directory, 'old.gif'), new Date(), new Date(Date.now() + 60_000));
  const { ctimeMs: since } = await lstat(join(directory, 'old.gif'));
  // The clock of a file system ticks every few ms.
  await setTimeout(50);
  await writeFile(join(directory, 'new.gif'), '');
  const sink = await DirectorySink.open(directory, {
    replaceExisting: (_, __, { ctimeMs }) => ctimeMs > since,
  });
  await saveBody(sink, { url: 'http://h/new.gif' });
  await assert.rejects(saveBody(sink, { url: 'http://h/old.gif' }), { name: 'ExistingFileError' });
});

test('DirectorySink: a link at the final name is not followed, and counts as a file', async (t) => {
  const [directory, outside] = [await temporaryDirectory(t), await temporaryDirectory(t)];
  await writeFile(join(outside, 'victim'), 'one');
  await symlink(join(outside, 'victim'), join(directory, 'a.gif'));
  await symlink(join(outside, 'nothing'), join(directory, 'dangling.gif'));
  const strict = await DirectorySink.open(directory);
  for (const name of ['a.gif', 'dangling.gif']) {
    await assert.rejects(saveBody(strict, { name }), { name: 'ExistingFileError' });
  }
  const sink = await DirectorySink.open(directory, { replaceExisting: true });
  for (const name of ['a.gif', 'dangling.gif']) await saveBody(sink, { name }, 'two');
  assert.deepEqual(await contents(directory), { 'a.gif': 'two', 'dangling.gif': 'two' });
  assert.deepEqual(await contents(outside), { victim: 'one' });
});

test('DirectorySink: nothing is written through a link in place of a directory', async (t) => {
  const [directory, outside] = [await temporaryDirectory(t), await temporaryDirectory(t)];
  await mkdir(join(directory, 'inside'));
  await symlink(outside, join(directory, 'out'));
  await symlink('/nowhere', join(directory, 'dangling'));
  await symlink('inside', join(directory, 'alias'));
  await writeFile(join(directory, 'file'), '');
  const sink = await DirectorySink.open(directory, { replaceExisting: true });
  for (const body of ['small', Buffer.alloc(100_000)]) {
    for (const place of ['out', 'out/deep', 'dangling', 'alias', 'file', 'file/deep']) {
      await assert.rejects(saveBody(sink, { directory: place }, body), (error: Error) => {
        assert.equal(error.name, 'BlockedPathError');
        assert.equal(reasonOf(error), 'not-writable');
        return true;
      });
    }
  }
  await saveBody(sink, { directory: 'inside' });
  assert.deepEqual(await readdir(outside), []);
  assert.deepEqual((await readdir(directory)).sort(), [
    'alias',
    'dangling',
    'file',
    'inside',
    'out',
  ]);
});

test('DirectorySink: a directory is created when its first file is complete', async (t) => {
  const directory = await temporaryDirectory(t);
  const template = compileTemplate('{host}/{path}/{name}');
  const sink = await DirectorySink.open(directory, { template });
  const draft = await sink.open({ index: 0, url: 'http://h/x/y/a.gif' });
  await draft.write(Buffer.alloc(100_000));
  assert.equal((await readdir(directory)).length, 1, 'a temporary file, no directory');
  await draft.discard();
  assert.deepEqual(await readdir(directory), []);
  const urls = Array.from({ length: 50 }, (_, i) => `http://h/x/${i % 5}/${i}.gif`);
  await Promise.all(urls.map((url) => saveBody(sink, { url })));
  assert.equal((await readdir(directory, { recursive: true })).length, 50 + 5 + 2);
});

test('DirectorySink: an obstacle to a directory may be gone for the next row', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory);
  await writeFile(join(directory, 'sub'), '');
  await assert.rejects(saveBody(sink, { directory: 'sub/x' }), { name: 'BlockedPathError' });
  await rm(join(directory, 'sub'));
  await saveBody(sink, { directory: 'sub/x' });
});

test("DirectorySink: a name may depend on the response, or on the file's contents", async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory, { useContentDisposition: true });
  const head = { contentDisposition: 'attachment; filename="../x/server.gif"' };
  for (const [item, given, name] of [
    [{}, head, 'server.gif'],
    [{ name: 'own.gif' }, head, 'own.gif'],
    [{ url: 'http://h/url.gif' }, {}, 'url.gif'],
  ] as const) {
    const { path } = await saveBody(sink, item, 'GIF', given);
    assert.equal(path, join(directory, name));
  }
  await assert.rejects(saveBody(sink, {}, 'GIF', head), { name: 'NameCollisionError' });

  const template = compileTemplate('{sha256}.{ext}');
  const hashed = await DirectorySink.open(directory, { template });
  for (const body of ['GIF', Buffer.alloc(100_000)]) {
    const { path, digest } = await saveBody(hashed, {}, body);
    assert.match(path, /\/[0-9a-f]{64}\.gif$/);
    assert.equal(digest, undefined, 'it was not asked for');
  }
  await assert.rejects(saveBody(hashed, {}, 'GIF'), { name: 'NameCollisionError' });
  assert.equal((await readdir(directory)).length, 5, 'no temporary file is left');
});

test('DirectorySink: Content-Disposition is ignored unless requested', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory);
  const head = { contentDisposition: 'attachment; filename="server.gif"' };
  assert.equal((await saveBody(sink, {}, 'GIF', head)).path, join(directory, 'a.gif'));
});

for (const size of [10, 200_000]) {
  const body = Buffer.alloc(size, 'ours');
  for (const [onCollision, expected, failure] of [
    ['fail', ['a.gif'], 'ExistingFileError'],
    ['skip', ['a.gif'], 'SkipError'],
    ['rename', ['a-1.gif', 'a.gif'], undefined],
  ] as const) {
    test(`DirectorySink ${onCollision}: a file created during the run stays, ${size} bytes`, async (t) => {
      const directory = await temporaryDirectory(t);
      const sink = await DirectorySink.open(directory, { onCollision });
      const draft = await sink.open({ index: 0, url: 'http://h/a.gif' });
      await draft.write(body);
      await writeFile(join(directory, 'a.gif'), 'notes');
      const committed = draft.commit();
      if (failure === undefined) assert.equal((await committed).path, join(directory, 'a-1.gif'));
      else await assert.rejects(committed, { name: failure });
      await draft.discard();
      assert.deepEqual((await readdir(directory)).sort(), expected);
      assert.equal(await readFile(join(directory, 'a.gif'), 'utf8'), 'notes');
    });
  }

  test(`FileDraft.commit: two sinks of one directory do not replace each other's files, ${size} bytes`, async (t) => {
    const directory = await temporaryDirectory(t);
    const sinks = [await DirectorySink.open(directory), await DirectorySink.open(directory)];
    const saved = await Promise.allSettled(
      sinks.map((sink, i) => saveBody(sink, {}, Buffer.alloc(size, `${i}`))),
    );
    const ends = saved.map(({ status }) => status).sort();
    assert.deepEqual(ends, ['fulfilled', 'rejected']);
    const first = saved.findIndex(({ status }) => status === 'fulfilled');
    const there = await readFile(join(directory, 'a.gif'));
    assert.ok(there.equals(Buffer.alloc(size, `${first}`)));
    assert.deepEqual(await readdir(directory), ['a.gif'], 'no staging file is left');
  });

  test(`DirectorySink: if-same replaces an empty file and keeps an identical one, ${size} bytes`, async (t) => {
    const directory = await temporaryDirectory(t);
    await writeFile(join(directory, 'same.gif'), body);
    await writeFile(join(directory, 'empty.gif'), '');
    await writeFile(join(directory, 'other.gif'), 'notes');
    const { ino } = await lstat(join(directory, 'same.gif'));
    const sink = await DirectorySink.open(directory, { replaceExisting: () => 'if-same' });
    for (const name of ['same.gif', 'empty.gif']) {
      assert.equal((await saveBody(sink, { name }, body)).path, join(directory, name));
      assert.ok((await readFile(join(directory, name))).equals(body));
    }
    assert.equal((await lstat(join(directory, 'same.gif'))).ino, ino, 'it is not even replaced');
    await assert.rejects(saveBody(sink, { name: 'other.gif' }, body), { reason: 'name-collision' });
    assert.equal(await readFile(join(directory, 'other.gif'), 'utf8'), 'notes');
    assert.equal((await readdir(directory)).length, 3, 'no staging file is left');
  });
}
