import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Item } from '../../../src/model/item.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import { FileDraft } from '../../../src/save/files/file-draft.ts';
import { compileTemplate } from '../../../src/save/names/name-template.ts';
import { DirectorySink } from '../../../src/save/sinks/directory-sink.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { saveBody } from '../save-body.ts';

let items = 0;

function item(url: string, name?: string): Item {
  return { index: items++, url, name };
}

test('DirectorySink.open: creates the directory and those above it', async (t) => {
  const directory = join(await temporaryDirectory(t), 'a', 'b');
  const sink = await DirectorySink.open(directory);
  const draft = await sink.open(item('http://h/x/br.gif'));
  draft.write(Buffer.from('GIF'));
  const path = join(directory, 'br.gif');
  assert.deepEqual(await draft.commit(), { path, bytes: 3, digest: undefined });
  assert.equal(await readFile(join(directory, 'br.gif'), 'utf8'), 'GIF');
});

test('DirectorySink.open: leaves existing files alone', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'other'), 'kept');
  await DirectorySink.open(directory);
  assert.deepEqual(await readdir(directory), ['other']);
});

test('DirectorySink.open: says which directory cannot be created, and why', async (t) => {
  const file = join(await temporaryDirectory(t), 'file');
  await writeFile(file, '');
  const directory = join(file, 'below');
  await assert.rejects(DirectorySink.open(directory), (error: Error) => {
    assert.equal(error.name, 'BrokenRunError');
    const what = `cannot create the directory ${directory}: something else is in its place: ${file};`;
    assert.ok(error.message.startsWith(what), error.message);
    assert.equal(reasonOf(error.cause), 'not-writable');
    return true;
  });
});

test('DirectorySink.open: creates nothing yet', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory);
  sink.open(item('http://h/br.gif'));
  assert.deepEqual(await readdir(directory), []);
});

test("DirectorySink.open: the row's name wins over the URL's", async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory);
  const { path } = await (await sink.open(item('http://h/br.gif', 'brazil.gif'))).commit();
  assert.equal(path, join(directory, 'brazil.gif'));
});

test('DirectorySink.open: no name leaves the directory', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory);
  for (const { url, name } of [
    item('http://h/', '../../escaped'),
    item('http://h/', '/tmp/escaped'),
    item('http://h/', '..'),
    item('http://h/..%2f..%2fescaped2'),
    item('http://h/%2fetc%2fescaped'),
  ]) {
    const { path } = await (await sink.open(item(url, name))).commit();
    assert.equal(dirname(path), directory);
  }
  assert.equal((await readdir(directory)).length, 5);
});

test('DirectorySink.open: refuses a name that another row has, and leaves that row’s file alone', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory);
  const first = await sink.open(item('http://h/1/br.gif'));
  const again = {
    name: 'NameCollisionError',
    reason: 'name-collision',
    message: `another URL is saved as ${join(directory, 'br.gif')}; give each a name of its own with -o or --tree, or let it have a number with --on-collision rename`,
  };
  assert.throws(() => sink.open(item('http://h/2/br.gif')), again);
  first.write(Buffer.from('first'));
  await first.commit();
  assert.throws(() => sink.open(item('http://h/3/x', 'br.gif')), again);
  assert.equal(await readFile(join(directory, 'br.gif'), 'utf8'), 'first');
});

test('DirectorySink.open: names that are the same once they are safe collide', async (t) => {
  const sink = await DirectorySink.open(await temporaryDirectory(t));
  sink.open(item('http://h/', 'caf\u00e9'));
  assert.throws(() => sink.open(item('http://h/', 'cafe\u0301')), { name: 'NameCollisionError' });
  sink.open(item('http://h/', 'a/b'));
  assert.throws(() => sink.open(item('http://h/', 'a\\b')), { name: 'NameCollisionError' });
  sink.open(item('http://h/', '\ud800'));
  assert.throws(() => sink.open(item('http://h/', '\ud801')), { name: 'NameCollisionError' });
});

test('DirectorySink.open: throws for an invalid URL', async (t) => {
  const sink = await DirectorySink.open(await temporaryDirectory(t));
  assert.throws(() => sink.open(item('no url')), { code: 'ERR_INVALID_URL' });
});

const PROC = '/proc';

test('DirectorySink.open: reports a directory that is not writable', {
  skip: !existsSync(PROC),
}, async () => {
  await assert.rejects(DirectorySink.open(PROC), {
    name: 'BrokenRunError',
    message: /^cannot write to the directory \/proc: [^\n]+$/,
  });
});

test('DirectorySink.open: a row that fails for its name leaves the name to others', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory, { template: compileTemplate('{column:c}') });
  assert.throws(() => sink.open(item('http://h/')), { name: 'TemplateError' });
  const draft = await sink.open({ ...item('http://h/'), columns: { c: 'x.gif' } });
  assert.equal((await draft.commit()).path, join(directory, 'x.gif'));
});

test('DirectorySink.open: a failed commit gives the name back', async (t) => {
  const sink = await DirectorySink.open(await temporaryDirectory(t));
  const checksum = { algorithm: 'md5', hex: '0'.repeat(32) } as const;
  await assert.rejects(saveBody(sink, { checksum }), { name: 'ChecksumError' });
  await saveBody(sink, {});
});

test('DirectorySink: durable saves the same files', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = await DirectorySink.open(directory, { durable: true });
  await saveBody(sink, { name: 'small' }, 'x');
  await saveBody(sink, { name: 'big' }, Buffer.alloc(100_000));
  assert.deepEqual((await readdir(directory)).sort(), ['big', 'small']);
});

test('DirectorySink.open: returns no promise if the disk need not be asked', async (t) => {
  const directory = await temporaryDirectory(t);
  const parts = join(directory, '.flaghoist', 'parts');
  const sink = await DirectorySink.open(directory, { parts });
  assert.ok(sink.open(item('http://h/a.gif')) instanceof FileDraft);
});
