// Slow: starts threads.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CLOCK_LAG } from '../src/ledger/match/file-state.ts';
import { LedgerReader } from '../src/ledger/read/ledger-reader.ts';
import { until } from './server/ask.ts';
import { downloadRuns } from './support/download-runs.ts';

/** Runs with a ledger, and a way to change a file after one of them. */
async function setUp(t: TestContext) {
  const runs = await downloadRuns(t);
  return {
    ...runs,
    /** Writes a file later than a run that has ended, by any clock. */
    async write(name: string, text: string) {
      await setTimeout(2 * CLOCK_LAG);
      await writeFile(join(runs.directory, name), text);
    },
  };
}

const THERE = 'already-there';

test('download: a file that was changed here is not overwritten, unless that is asked for', async (t) => {
  const { directory, url, run, list, read, write } = await setUp(t);
  const rows = [url('/edited')];
  await run(rows);
  const edit = (text: string) => write('edited', text);
  await edit('mine, and longer');
  const { outcomes, requests } = await run(rows);
  assert.deepEqual(
    outcomes.map(({ status, reason, note }) => [status, reason, note]),
    [
      [
        'skipped',
        'changed-here',
        `${join(directory, 'edited')} was changed here since it was saved; move it away, or replace it with --on-collision overwrite`,
      ],
    ],
  );
  assert.deepEqual(requests, []);
  // A shorter file may have been cut: only the download shows whether it was edited.
  await edit('mine');
  const { endings, outcomes: shorter } = await run(rows);
  assert.deepEqual(endings, ['changed-here']);
  assert.deepEqual([shorter[0]?.path, shorter[0]?.bytes], [join(directory, 'edited'), 4]);
  assert.equal((await run(rows, { onCollision: 'fail' })).outcomes[0]?.status, 'failed');
  assert.deepEqual((await run(rows, { onCollision: 'skip' })).endings, ['changed-here']);
  assert.deepEqual(await list(), ['edited']);
  assert.equal(await read('edited'), 'mine');
  assert.deepEqual((await run(rows, { onCollision: 'rename' })).endings, ['ok']);
  assert.deepEqual([await read('edited'), await read('edited-1')], ['mine', '/edited']);
});

test('download: overwrite replaces a file that was changed here', async (t) => {
  const { url, run, read, write } = await setUp(t);
  await run([url('/a')]);
  await write('a', 'mine');
  assert.deepEqual((await run([url('/a')], { onCollision: 'overwrite' })).endings, ['ok']);
  assert.equal(await read('a'), '/a');
});

test('download: with a recorded digest, a touched file is compared, and confirmed only once', async (t) => {
  const { directory, url, run, write } = await setUp(t);
  const rows = [url('/touched'), url('/edited')];
  const options = { digest: true };
  await run(rows, options);
  const later = new Date(Date.now() + 60_000);
  await utimes(join(directory, 'touched'), later, later);
  // As long as before.
  await write('edited', '/EDITED');
  await utimes(join(directory, 'edited'), later, later);
  const { endings, requests } = await run(rows, options);
  assert.deepEqual([endings, requests], [[THERE, 'changed-here'], []]);
  using reader = new LedgerReader(directory);
  const [touched] = [...reader.records()];
  assert.deepEqual([touched?.status, (touched?.savedAt ?? 0) > 0], ['ok', true]);
});

test('download: without a digest a touched file stays; the server has no say over it', async (t) => {
  const { directory, answers, url, run, read, write } = await setUp(t);
  answers.set('/a', (response) => response.setHeader('etag', '"1"').end('/a'));
  await run([url('/a')]);
  const later = new Date(Date.now() + 60_000);
  await write('a', '/A');
  await utimes(join(directory, 'a'), later, later);
  assert.deepEqual((await run([url('/a')])).endings, [THERE]);
  answers.set('/a', (response) => response.setHeader('etag', '"2"').end('newer'));
  assert.deepEqual((await run([url('/a')], { newer: true })).endings, ['changed-here']);
  assert.equal(await read('a'), '/A');
});

test('download: a file that matches its checksum is there, by whatever way it came; others are replaced', async (t) => {
  const { directory, url, run, read, write } = await setUp(t);
  const sha1 = (text: string) => ({ algorithm: 'sha1', hex: hash('sha1', text) }) as const;
  const rows = ['good', 'bad'].map((name) => ({
    url: url(`/${name}`),
    checksum: sha1(`/${name}`),
  }));
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'good'), '/good');
  await writeFile(join(directory, 'bad'), '/baad');
  const first = await run(rows, { onCollision: 'skip' });
  assert.deepEqual([first.endings, first.requests], [[THERE, 'ok'], ['/bad']]);
  assert.equal(first.outcomes[0]?.path, join(directory, 'good'));
  assert.equal(await read('bad'), '/bad');
  // The ledger is known to be right about them, until the list has another checksum.
  assert.deepEqual((await run(rows)).endings, [THERE, THERE]);
  await write('good', 'edited, and longer');
  const second = await run(rows);
  assert.deepEqual([second.endings, second.requests], [['ok', THERE], ['/good']]);
  assert.equal(await read('good'), '/good');
  const wrong = [{ url: url('/good'), checksum: sha1('another') }];
  assert.deepEqual((await run(wrong, { tries: 1 })).endings, ['checksum']);
  assert.equal(await read('good'), '/good');
});

test('download: trustLedger skips what is done, also where the file is gone', async (t) => {
  const { directory, url, run, list, write } = await setUp(t);
  const rows = [url('/a'), url('/b')];
  await run(rows);
  await rm(join(directory, 'a'));
  await write('b', 'changed');
  const { endings, requests } = await run(rows, { trustLedger: true });
  assert.deepEqual([endings, requests], [[THERE, THERE], []]);
  assert.deepEqual(await list(), ['b']);
});

test('download: a file that was removed or cut is downloaded again, one that was lengthened stays', async (t) => {
  const { directory, url, run, list, read, write } = await setUp(t);
  const rows = [url('/whole'), url('/gone'), url('/cut'), url('/more')];
  await run(rows);
  await rm(join(directory, 'gone'));
  await truncate(join(directory, 'cut'), 1);
  await write('more', '/more and more');
  const { endings, requests } = await run(rows);
  assert.deepEqual(
    [endings, requests],
    [
      [THERE, 'ok', 'ok', 'changed-here'],
      ['/cut', '/gone'],
    ],
  );
  for (const name of await list()) {
    assert.equal(await read(name), name === 'more' ? '/more and more' : `/${name}`);
  }
  assert.deepEqual((await run(rows)).requests, []);
});

test('download: a file from before the ledger is not the row’s, and stays', async (t) => {
  const { directory, url, run, read, write } = await setUp(t);
  await write('a', 'mine');
  // The clock of the file system is coarser than ours, and the file has to be older by it.
  const { ctimeMs } = await stat(join(directory, 'a'));
  await until(() => Date.now() > ctimeMs + 50);
  for (const _ of ['first', 'second']) {
    const { endings, requests } = await run([url('/a')]);
    assert.deepEqual([endings, requests], [['name-collision'], []]);
  }
  assert.equal(await read('a'), 'mine');
});

test('download: rows whose names are numbered are all skipped later', async (t) => {
  const { url, run, list } = await setUp(t);
  const rows = [url('/1/a'), url('/2/a'), url('/3/a')];
  await run(rows, { onCollision: 'rename' });
  assert.equal((await list()).length, 3);
  const { endings, requests } = await run(rows, { onCollision: 'rename' });
  assert.deepEqual([endings, requests], [[THERE, THERE, THERE], []]);
});

test('download: a file that is there under another name is copied to the one asked for', async (t) => {
  const { directory, url, run, list, read } = await setUp(t);
  await run([url('/a'), url('/b')]);
  const moved = await run([url('/a'), url('/b')], { names: 'new-{name}' });
  assert.deepEqual([moved.endings, moved.requests], [['copied', 'copied'], []]);
  assert.deepEqual(
    moved.outcomes.map(({ status, path, bytes, note }) => [status, path, bytes, note]),
    ['a', 'b'].map((name) => [
      'skipped',
      join(directory, `new-${name}`),
      2,
      `copied from ${join(directory, name)}`,
    ]),
  );
  assert.deepEqual(await list(), ['a', 'b', 'new-a', 'new-b']);
  assert.equal(await read('new-a'), '/a');
  // It stays so, with the default names too; and the first name is no other row's.
  for (const names of ['new-{name}', undefined]) {
    assert.deepEqual((await run([url('/a')], { names })).endings, [THERE]);
  }
  const back = await run([url('/a')], { names: '{name}' });
  assert.deepEqual([back.endings, back.requests], [['copied'], []]);
});

test('download: a file of another size, digest or checksum is not copied', async (t) => {
  const { url, run, read, write } = await setUp(t);
  await run([url('/a')], { digest: true });
  await write('a', 'no');
  const { endings, requests } = await run([url('/a')], { names: 'new' });
  assert.deepEqual([endings, requests], [['ok'], ['/a']]);
  assert.deepEqual([await read('a'), await read('new')], ['no', '/a']);
});

test('download: a file is not copied over another one', async (t) => {
  const { directory, url, run, read } = await setUp(t);
  await run([url('/a')]);
  await writeFile(join(directory, 'new'), 'mine');
  const { endings } = await run([url('/a')], { names: 'new' });
  assert.deepEqual([endings, await read('new')], [['name-collision'], 'mine']);
});

test('download: a name that the same template may have given is not another one', async (t) => {
  const { url, run } = await setUp(t);
  for (const names of ['{index}-{name}', '{sha256}', '{host}/{path}/{name}']) {
    const rows = ['/p/a', '/p/a/b'].map((path) => url(path + names));
    await run(rows, { names });
    const { endings } = await run([url(`/new${names}`), ...rows.reverse()], { names });
    assert.deepEqual(endings, ['ok', THERE, THERE]);
  }
});

test('download: a row whose file another row has overwritten is not done', async (t) => {
  const { directory, url, run, list, read } = await setUp(t);
  const rows = [
    { url: url('/first'), name: 'a' },
    { url: url('/second'), name: 'a' },
  ];
  const records = () => {
    using reader = new LedgerReader(directory);
    return Array.from(reader.records(), ({ status, reason, path }) => [status, reason, path]);
  };
  const both = await run(rows, { onCollision: 'overwrite', maxRequests: 1 });
  assert.deepEqual(both.endings, ['ok', 'ok']);
  assert.equal(await read('a'), '/second');
  assert.deepEqual(records(), [
    ['skipped', 'replaced', undefined],
    ['ok', undefined, 'a'],
  ]);
  const again = await run(rows, { onCollision: 'rename' });
  assert.deepEqual([again.endings, again.requests], [['ok', THERE], ['/first']]);
  assert.deepEqual(await list(), ['a', 'a-1']);
  assert.deepEqual([await read('a'), await read('a-1')], ['/second', '/first']);
});

for (const [what, between] of [
  ['at once', 0],
  ['after a run that came to its end', 1],
] as const) {
  test(`download: a file of a killed run is matched by its contents, ${what}`, async (t) => {
    const { directory, url, run, read } = await setUp(t);
    await run([url('/before')]);
    // As after a kill: the run has no end, and its files have no records.
    {
      using database = new DatabaseSync(join(directory, '.flaghoist', 'ledger.db'));
      database.exec('UPDATE runs SET ended_at = NULL, ending = NULL');
    }
    for (let i = 0; i < between; i++) await run([url('/before')]);
    await writeFile(join(directory, 'whole'), '/whole');
    await writeFile(join(directory, 'notes'), 'my own');
    const { endings } = await run([url('/whole'), url('/notes')]);
    assert.deepEqual(endings, ['ok', 'name-collision']);
    assert.deepEqual([await read('whole'), await read('notes')], ['/whole', 'my own']);
  });
}

test('download: a foreign file made at a row’s name during the run stays', async (t) => {
  for (const ledger of [true, false]) {
    const { directory, answers, url, run, read, list } = await setUp(t);
    answers.set('/a', (response) => {
      void writeFile(join(directory, 'a'), 'my own').then(() => response.end('theirs'));
    });
    const { endings } = await run([url('/a')], { ledger });
    assert.deepEqual([endings, await list()], [['name-collision'], ['a']]);
    assert.equal(await read('a'), 'my own');
  }
});
