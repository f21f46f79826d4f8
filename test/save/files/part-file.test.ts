import assert from 'node:assert/strict';
import {
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { BODY, finish, HEAD, ITEM, KEY, MODIFIED, setUp } from '../killed-runs.ts';

/** Writes a sidecar that describes the existing part except for what is `wrong`. */
function describe(stem: string, wrong: object): Promise<void> {
  const right = { version: 1, url: ITEM.url, etag: HEAD.etag, length: HEAD.length };
  return writeFile(`${stem}.json`, JSON.stringify({ ...right, ...wrong }));
}

test('PartFile.find: uses a part with a valid sidecar', async (t) => {
  const { draft, parts, abandon } = await setUp(t);
  for (const [right, bytes] of [
    [{}, 100_000],
    [{ version: 2, good: 99_000 }, 99_000],
  ] as const) {
    await abandon(await draft(), 100_000);
    await describe(join(parts, KEY), right);
    const next = await draft();
    assert.equal(next.part?.bytes, bytes);
    await next.discard();
  }
});

for (const [what, head, bytes] of [
  ['by its date, where there is no ETag', { etag: undefined, lastModified: MODIFIED }, 100_000],
  ['of a file of unknown length', { length: undefined }, 100_000],
  ['that is complete', { length: 100_000 }, 99_999],
] as const) {
  test(`PartFile.find: continues a part ${what}`, async (t) => {
    const { draft, abandon } = await setUp(t);
    await abandon(await draft(), 100_000, head);
    assert.equal((await draft()).part?.bytes, bytes);
  });
}

for (const [what, spoil] of [
  ['longer than its file', (stem: string) => writeFile(`${stem}.part`, Buffer.alloc(300_001))],
  ['empty', (stem: string) => truncate(`${stem}.part`, 0)],
  ['without its sidecar', (stem: string) => rm(`${stem}.json`)],
  ['gone, its sidecar left', (stem: string) => rm(`${stem}.part`)],
  ['with half a sidecar', (stem: string) => truncate(`${stem}.json`, 20)],
  ['with an empty sidecar', (stem: string) => truncate(`${stem}.json`, 0)],
  ['with another sidecar', (stem: string) => writeFile(`${stem}.json`, 'null')],
  [
    'of another URL',
    (stem: string) => writeFile(`${stem}.json`, '{"version":1,"url":"x","etag":"1"}'),
  ],
  ['of a later version', (stem: string) => describe(stem, { version: 3 })],
  ['with a limit that is missing', (stem: string) => describe(stem, { version: 2 })],
  ['with an invalid limit', (stem: string) => describe(stem, { version: 2, good: '9' })],
  ['with an invalid length', (stem: string) => describe(stem, { length: '300000' })],
  ['with a number for an ETag', (stem: string) => describe(stem, { etag: 5 })],
  ['with a number for a date', (stem: string) => describe(stem, { lastModified: 5 })],
] as const) {
  test(`PartFile.find: ignores a part that is ${what}`, async (t) => {
    const { draft, parts, list, abandon } = await setUp(t);
    await abandon(await draft(), 100_000);
    await spoil(join(parts, KEY));
    const next = await draft();
    assert.equal(next.part, undefined);
    assert.deepEqual(await finish(next), BODY);
    assert.deepEqual(await list(), []);
  });
}

test('PartFile: a link in place of a part is neither read nor written', async (t) => {
  const { directory, draft, parts, abandon } = await setUp(t);
  await abandon(await draft(), 100_000);
  const victim = join(directory, 'victim');
  for (const name of [`${KEY}.part`, `${KEY}.json`]) {
    await rename(join(parts, name), victim);
    await symlink(victim, join(parts, name));
    const before = await readFile(victim);
    const next = await draft({}, { replaceExisting: true });
    assert.equal(next.part, undefined);
    assert.deepEqual(await finish(next), BODY);
    assert.deepEqual(await readFile(victim), before);
    await abandon(await draft({}, { replaceExisting: true }), 100_000);
  }
});

for (const kind of ['part', 'json']) {
  test(`PartFile: a link that replaces a part’s .${kind} is not followed`, async (t) => {
    const { directory, draft, parts, abandon } = await setUp(t);
    await abandon(await draft(), 100_000);
    const victim = join(directory, 'victim');
    const place = join(parts, `${KEY}.${kind}`);
    await writeFile(victim, 'theirs');
    const next = await draft();
    assert.equal(next.part?.bytes, 100_000);
    await rm(place);
    await symlink(victim, place);
    const offset = kind === 'part' ? 100_000 : 0;
    next.begin({ ...HEAD, httpStatus: offset > 0 ? 206 : 200, offset });
    const written = async () => {
      await next.write(BODY.subarray(offset));
      await next.commit();
    };
    // The sidecar is created anew in place of the link.
    if (kind === 'json') await written();
    else await assert.rejects(written, { code: 'ELOOP' });
    assert.equal(await readFile(victim, 'utf8'), 'theirs');
    await next.discard();
    assert.equal(await readFile(victim, 'utf8'), 'theirs');
  });
}

test('PartFile.open: leaves no file open when the sidecar cannot be written', {
  skip: process.platform !== 'linux' && 'open files are listed on Linux only',
}, async (t) => {
  const { open, parts } = await setUp(t);
  const sink = await open();
  const draft = await sink.open(ITEM);
  await mkdir(join(parts, `${KEY}.json`));
  draft.begin(HEAD);
  await assert.rejects(async () => await draft.write(BODY), { code: 'EISDIR' });
  const descriptors = await readdir('/proc/self/fd');
  const files = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  assert.deepEqual(
    files.filter((file) => file.startsWith(parts)),
    [],
  );
  await rm(join(parts, `${KEY}.json`), { recursive: true });
  await draft.discard();
});

for (const kind of ['part', 'json']) {
  test(`PartFile.find: a .${kind} with a second name, a hard link, is not written to`, async (t) => {
    const { directory, draft, parts, abandon } = await setUp(t);
    await abandon(await draft(), 100_000);
    const other = join(directory, 'other');
    await link(join(parts, `${KEY}.${kind}`), other);
    const before = await readFile(other);
    const next = await draft();
    assert.equal(next.part, undefined, 'the file is begun anew');
    assert.deepEqual(await finish(next), BODY);
    assert.deepEqual(await readFile(other), before);
    assert.deepEqual(await readdir(parts), []);
  });
}
