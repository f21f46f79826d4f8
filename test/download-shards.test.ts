// Slow: starts threads.
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { extract } from 'tar-stream';
import { LedgerReader } from '../src/ledger/read/ledger-reader.ts';
import { noteUnpublished } from '../src/ledger/shard-records.ts';
import { BrokenRunError } from '../src/model/broken-run-error.ts';
import type { Row } from '../src/model/item.ts';
import { downloadRuns } from './support/download-runs.ts';

/** Runs that save shards. */
async function setUp(t: TestContext) {
  const runs = await downloadRuns(t, (directory) => ({ sink: `tar:${directory}` }));
  return {
    ...runs,
    samples: () => samplesIn(runs.directory),
    /** How the ledger has each row. */
    recorded() {
      using reader = new LedgerReader(runs.directory);
      return [...reader.records()].map(({ status, path }) => `${status} ${path ?? '-'}`);
    },
  };
}

/** The members of each sample by their extension, by shard and key. */
async function samplesIn(directory: string) {
  const samples: Record<string, Record<string, string>> = {};
  for (const name of (await readdir(directory)).sort()) {
    if (!name.endsWith('.tar')) continue;
    let before = '';
    for await (const member of createReadStream(join(directory, name)).pipe(extract())) {
      const [, key = '', extension = ''] = /^([^.]+)\.(.+)$/.exec(member.header.name) ?? [];
      const sample = `${name}/${key}`;
      // Members of a sample follow each other.
      assert.equal(sample in samples, sample === before);
      before = sample;
      samples[sample] = { ...samples[sample], [extension]: (await buffer(member)).toString() };
    }
  }
  return samples;
}

/** What the files in the shards are, in order. */
async function bodiesIn(directory: string): Promise<string[]> {
  const all = Object.values(await samplesIn(directory));
  return all.map(({ bin = '' }) => bin).sort();
}

const ROWS = ['/a', '/b', '/c'];

test('download: samples in shards, with a table and statistics, and the record of each', async (t) => {
  const { directory, url, run, list, samples, answers, recorded } = await setUp(t);
  answers.set('/a.jpg', (response) => response.end('picture'));
  const rows: Row[] = [
    { url: url('/a.jpg'), columns: { caption: 'a dog', n: '1' } },
    { url: url('/b.json'), columns: { n: '2' } },
  ];
  const options = { shardSize: 1, captionColumn: 'caption', digest: true, maxRequests: 1 };
  const { outcomes, endings } = await run(rows, options);
  assert.deepEqual(endings, ['ok', 'ok']);
  assert.equal(outcomes[0]?.path, join(directory, '00000.tar', '000000000.jpg'));
  const beside = (stem: string) => [`${stem}.parquet`, `${stem}.tar`, `${stem}_stats.json`];
  assert.deepEqual(await list(), [...beside('00000'), ...beside('00001')]);
  const { '00000.tar/000000000': first, '00001.tar/000010000': second, ...rest } = await samples();
  assert.deepEqual([first?.jpg, first?.txt], ['picture', 'a dog']);
  assert.deepEqual([second?.['file.json'], second?.txt], ['/b.json', '']);
  assert.deepEqual(rest, {});
  const { key, status, digest, n } = JSON.parse(first?.json ?? '');
  assert.deepEqual([key, status, n], ['000000000', 'ok', '1']);
  assert.equal(digest, outcomes[0]?.digest);
  assert.deepEqual(recorded(), ['ok 00000.tar/000000000.jpg', 'ok 00001.tar/000010000.file.json']);
});

test('download: done rows are not asked for again; those that failed go into a new shard', async (t) => {
  const { directory, url, run, list, answers } = await setUp(t);
  answers.set('/b', (response) => response.writeHead(500).end());
  const rows = ROWS.map((path) => url(path));
  const first = await run(rows, { tries: 1 });
  assert.deepEqual(first.endings, ['ok', 'http-500', 'ok']);
  assert.deepEqual(await bodiesIn(directory), ['/a', '/c']);
  const stats = JSON.parse(await readFile(join(directory, '00000_stats.json'), 'utf8'));
  assert.deepEqual(stats.status_dict, { success: 2, 'http-500': 1 });
  const before = await readFile(join(directory, '00000.tar'));

  assert.deepEqual((await run(rows, { tries: 1 })).requests, ['/b']);
  assert.equal((await list()).length, 3);
  answers.clear();
  const again = await run(rows);
  assert.deepEqual(again.endings, ['already-there', 'ok', 'already-there']);
  assert.deepEqual(again.requests, ['/b']);
  assert.deepEqual(await bodiesIn(directory), ['/a', '/b', '/c']);
  assert.deepEqual(await readFile(join(directory, '00000.tar')), before);
  assert.deepEqual((await run(rows)).requests, []);
  assert.equal((await list()).length, 6);
});

test('download: rows of a shard that was removed are downloaded again, into a new one', async (t) => {
  const { directory, url, run, list } = await setUp(t);
  const rows = ROWS.map((path) => url(path));
  await run(rows, { shardSize: 2 });
  for (const ending of ['.tar', '.parquet', '_stats.json']) {
    await rm(join(directory, `00000${ending}`));
    await rm(join(directory, `00001${ending}`), { force: ending !== '.tar' });
  }
  const { requests } = await run(rows);
  assert.equal(requests.length, 3);
  assert.deepEqual(await bodiesIn(directory), ['/a', '/b', '/c']);
  assert.deepEqual(
    (await list()).filter((name) => name.endsWith('.tar')),
    ['00002.tar'],
  );
});

test('download: a shard has as many bytes as it may, and a long file one to itself', async (t) => {
  const { directory, url, run, answers, samples } = await setUp(t);
  const long = Buffer.alloc(300_000, 'x');
  answers.set('/long', (response) => response.end(long));
  const rows = ['/1', '/2', '/3', '/long'].map((path) => url(path));
  await run(rows, { shardBytes: 100_000, maxRequests: 1 });
  const all = Object.entries(await samples());
  assert.deepEqual(
    all.map(([name, { bin }]) => [name.slice(0, 9), bin?.length]),
    [
      ['00000.tar', 2],
      ['00000.tar', 2],
      ['00000.tar', 2],
      ['00001.tar', 300_000],
    ],
  );
  assert.ok(all[3]?.[1].bin === long.toString());
  assert.deepEqual(await readdir(join(directory, '.flaghoist', 'parts')), []);
});

test('download: what does not match its checksum, or is cut short, is in no shard', async (t) => {
  const { directory, url, run, answers, list } = await setUp(t);
  answers.set('/short', (response) => {
    response.writeHead(200, { 'content-length': 500_000 });
    response.write(Buffer.alloc(200_000), () => response.destroy());
  });
  const checksum = { algorithm: 'md5', hex: '0'.repeat(32) } as const;
  const rows = [{ url: url('/a'), checksum }, url('/short'), url('/b')];
  const { endings } = await run(rows, { tries: 1, maxSize: 600_000 });
  assert.deepEqual(endings, ['checksum', 'truncated', 'ok']);
  assert.deepEqual(await bodiesIn(directory), ['/b']);
  assert.equal((await list()).length, 3);
});

test('download: no shard without a sample', async (t) => {
  const { url, run, answers, list } = await setUp(t);
  answers.set('/a', (response) => response.writeHead(404).end());
  assert.deepEqual((await run([url('/a')])).endings, ['http-404']);
  assert.deepEqual(await list(), []);
});

test('download: a row is recorded when its shard is published, also when the loop is left', async (t) => {
  const { directory, url, start, recorded, list } = await setUp(t);
  const rows = ROWS.map((path) => url(path));
  for await (const { status } of start(rows)) {
    assert.equal(status, 'ok');
    assert.deepEqual(recorded(), []);
    assert.deepEqual(await list(), []);
    break;
  }
  const bodies = await bodiesIn(directory);
  assert.ok(bodies.length > 0);
  assert.equal(recorded().filter((line) => line.startsWith('ok 00000.tar/')).length, bodies.length);
});

test('download: a shard is published when the run is stopped, or its list throws', async (t) => {
  const { directory, url, start, answers } = await setUp(t);
  answers.set('/hang', () => {});
  const stop = new AbortController();
  const outcomes = start([url('/a'), url('/hang')], { signal: stop.signal });
  const statuses: string[] = [];
  for await (const { status } of outcomes) {
    statuses.push(status);
    stop.abort();
  }
  assert.deepEqual(statuses, ['ok', 'cancelled']);
  assert.deepEqual(await bodiesIn(directory), ['/a']);
  async function* broken() {
    yield url('/b');
    throw new Error('no list');
  }
  await assert.rejects(Array.fromAsync(start(broken())), /^Error: no list$/);
  assert.deepEqual(await bodiesIn(directory), ['/a', '/b']);
});

test('download: rows that a killed run recorded for a shard it did not publish are taken back', async (t) => {
  const { directory, url, run, recorded, list } = await setUp(t);
  const rows = ROWS.map((path) => url(path));
  await run(rows, { shardSize: 2 });
  // As if it had been killed before the second shard got its name.
  await rm(join(directory, '00001.tar'));
  noteUnpublished(directory, '00001.tar');
  assert.deepEqual(recorded().filter((line) => line.startsWith('ok')).length, 2);
  assert.deepEqual(recorded().filter((line) => line === 'cancelled -').length, 1);
  assert.equal((await run(rows)).requests.length, 1);
  assert.deepEqual(await bodiesIn(directory), ['/a', '/b', '/c']);
  assert.equal(recorded().filter((line) => line.startsWith('ok')).length, 3);
  assert.equal((await list()).length, 6);
  // The number is used again.
  assert.ok((await list()).includes('00001.tar'));
});

test('download: a file of the user that is called like a shard is not touched', async (t) => {
  const { directory, url, run } = await setUp(t);
  await writeFile(join(directory, '00007.parquet'), 'mine');
  await run([url('/a')]);
  assert.deepEqual(Object.keys(await samplesIn(directory)), ['00008.tar/000080000']);
  assert.equal(await readFile(join(directory, '00007.parquet'), 'utf8'), 'mine');
});

test('download: when a shard cannot be written the run breaks, and no row of it is recorded', async (t) => {
  const { directory, url, start, recorded, run } = await setUp(t);
  const rows = ROWS.map((path) => url(path));
  // The place of the table is taken by something that cannot be replaced.
  const outcomes = start(rows);
  await outcomes.next();
  await mkdir(join(directory, '00000.parquet', 'x'), { recursive: true });
  await assert.rejects(Array.fromAsync(outcomes), (error) => {
    assert.ok(error instanceof BrokenRunError, String(error));
    assert.match(error.message, /^cannot write the shard 00000\.tar in [^\n]+; whole shards stay/);
    return true;
  });
  assert.deepEqual(recorded(), []);
  await rm(join(directory, '00000.parquet'), { recursive: true });
  assert.deepEqual((await run(rows)).endings, ['ok', 'ok', 'ok']);
  assert.deepEqual(await bodiesIn(directory), ['/a', '/b', '/c']);
});

for (const [what, options] of [
  ['a sink of no kind', { sink: 'files' }],
  ['no directory', { sink: 'tar:' }],
  ['a shard of no size', { shardSize: 0 }],
  ['a part of a byte', { shardBytes: 1.5 }],
] as const) {
  test(`download: refuses ${what}`, async (t) => {
    const { run } = await setUp(t);
    await assert.rejects(run([], options), RangeError);
  });
}

test('download: refuses a directory that is not that of the shards', async (t) => {
  const { run } = await setUp(t);
  await assert.rejects(run([], { directory: 'elsewhere' }), TypeError);
});
