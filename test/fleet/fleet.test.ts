// Slow: starts PostgreSQL, and workers.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openForFile, skip, startPostgres } from '../support/postgres.ts';
import { S3Server } from '../support/s3-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { ended, killWorkers, queried, startCommand } from './fleet-run.ts';
import { Hosts } from './hosts.ts';

const postgres = openForFile(startPostgres);

/** An empty database of the server, for one test. */
async function emptyDatabase(name: string): Promise<string> {
  await queried(postgres().url, `CREATE DATABASE ${name}`);
  return postgres().urlOf(name);
}

test('flaghoist work: workers that are killed, and a database that is restarted, leave one record for each row', {
  skip,
  // The shards of a dead worker are with others after 10 s, as pg-boss takes no less; longer on a busy machine.
  timeout: 180_000,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const url = await emptyDatabase('killed');
  const figures = await killWorkers({
    ...{ postgres: { ...postgres(), url }, directory },
    ...{ rows: 800, hosts: 20, shardRows: 50, workers: 2, kills: 2, perHost: 4, delay: 20 },
    lives: [500, 1_500],
    random: Math.random,
    restartAfter: 1_200,
  });
  assert.ok(figures.killed > 0, JSON.stringify(figures));
});

test('flaghoist work: a stopped worker gives its shard back; retry replaces records; reports say what there is', {
  skip,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const url = await emptyDatabase('stopped');
  const run = (...args: string[]) => startCommand(args, { FLAGHOIST_DATABASE: url });
  let status = 404;
  let delay = 10_000;
  await using hosts = await Hosts.start(3, {
    listener: ({ url: path = '' }, response) => {
      response.statusCode = path.startsWith('/bad') ? status : 200;
      setTimeout(() => response.end(`body of ${path}`), path === '/slow' ? delay : 0).unref();
    },
  });
  const list = join(directory, 'flags of all.csv');
  const urls = [0, 1, 2].flatMap((host) => [hosts.url(host, 'good'), hosts.url(host, 'bad')]);
  await writeFile(list, ['url', ...urls, hosts.url(0, 'slow'), 'nothing'].join('\n'));
  const out = join(directory, 'out');
  const plan = run('plan', '-i', list, '-d', out, '-o', '{index:04}', '-H', 'X-Token: secret');
  const { stdout: planned } = await ended(plan, 0);
  assert.match(planned, /^Plan flags-of-all: 8 rows in \d shards\.\n/);
  assert.match(
    (await ended(run('plan', '-i', list, '-d', out), 3)).stderr,
    /a plan flags-of-all already/,
  );

  const stopped = run('work', '-H', 'X-Token: secret');
  while (hosts.counts[0]?.inFlight === 0) await sleep(20);
  stopped.kill('SIGTERM');
  assert.match((await ended(stopped, 143)).stderr, /shard \d+: given back/);
  delay = 0;
  const { stdout: first } = await ended(run('work', '--json'), 1);
  assert.deepEqual(JSON.parse(first.trim().split('\n').at(-1) ?? ''), {
    ...{ type: 'done', total: 8, ok: 4, skipped: 0, notFound: 3, failed: 1, cancelled: 0 },
  });
  const [secrets] = await queried(
    url,
    `SELECT count(*)::int AS n FROM flaghoist.plans WHERE arguments::text LIKE '%secret%'`,
  );
  assert.deepEqual(secrets, { n: 0 });

  status = 200;
  const { stdout: retried } = await ended(
    run('retry', url, '--where', "status = 404 and host like '127.0.0.%'"),
    0,
  );
  assert.match(retried, /^3 rows to try again, in \d shards?\.\n/);
  assert.match(
    (await ended(run('status', '--plan', 'flags-of-all'), 0)).stdout,
    /shards? to download: flaghoist work/,
  );
  await ended(run('work', '-q'), 1);
  const { stdout: report } = await ended(
    run('report', url, '--format', 'json', '--where', 'status = ok'),
    0,
  );
  const rows = report
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    rows
      .slice(0, -1)
      .map(({ index }) => index)
      .sort(),
    [0, 1, 2, 3, 4, 5, 6],
  );
  for (const { path } of rows.slice(0, -1)) await access(path);
  assert.match(rows[0].path, /\/\d{4}$/);
  const wrong = await ended(run('report', '--database', url, '--where', 'colour = red'), 2);
  assert.match(wrong.stderr, /--where CONDITION: column 1: no column 'colour'/);
  const { stdout: text } = await ended(run('report', '--database', url), 0);
  assert.match(text, /^ok +7 .*\nfailed +1\n {2}bad-row +1\n8 rows in all\.\n/);
  assert.match(text, /\n127\.0\.0\.1:\d+ +3 +0 /);
  assert.match(
    (await ended(run('status', '--plan', 'flags-of-all'), 0)).stdout,
    /Nothing is left to do\.\n$/,
  );
});

test('flaghoist plan: a killed plan goes on, and is not seen before', { skip }, async (t) => {
  const directory = await temporaryDirectory(t);
  const url = await emptyDatabase('planned');
  const run = (...args: string[]) => startCommand(args, { FLAGHOIST_DATABASE: url });
  const list = join(directory, 'list.txt');
  const rows = 60_000;
  await writeFile(
    list,
    Array.from({ length: rows }, (_, i) => `http://h${i % 999}.example/${i}`).join('\n'),
  );
  const args = ['plan', '-i', list, '-d', join(directory, 'out'), '--shard-rows', '50'];
  const killed = run(...args);
  const folder = join(directory, 'out/list/rows');
  while ((await readdir(folder).catch(() => [])).length < 20) await sleep(10);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  assert.match(
    (await ended(run('work'), 3)).stderr,
    /the plan list is not complete: run its flaghoist plan again/,
  );
  assert.match(
    (await ended(run(...args), 0)).stdout,
    /^Plan list: 60,000 rows in 1,\d+ shards \(continues an interrupted plan\)/,
  );
  const [counts] = await queried(
    url,
    `SELECT sum(rows)::int AS rows, count(*)::int AS shards,
    (SELECT count(*)::int FROM flaghoist_jobs.job) AS jobs FROM flaghoist.shards`,
  );
  // The kill may have left a hidden file.
  const files = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  assert.deepEqual(counts, { rows, shards: files.length, jobs: files.length });
  await writeFile(list, 'http://a.example/');
  assert.match(
    (await ended(run(...args, '--replace'), 0)).stdout,
    /^Plan list: 1 row in 1 shard\.\n/,
  );
});

test('flaghoist work: shards and files may be in S3, as objects or in tar shards', {
  skip,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const url = await emptyDatabase('buckets');
  await using s3 = await S3Server.start();
  const environment = { ...s3.environment, FLAGHOIST_DATABASE: url };
  await using hosts = await Hosts.start(2, {
    listener: ({ url: path = '' }, response) => response.end(`body of ${path}`),
  });
  const list = join(directory, 'list.txt');
  await writeFile(list, [0, 1].map((host) => hosts.url(host, `${host}.bin`)).join('\n'));
  for (const [plan, sink] of [
    ['objects', 's3://bucket/a'],
    ['tars', 'tar:s3://bucket/b'],
  ] as const) {
    const options = ['-i', list, '--plan', plan, '--sink', sink];
    await ended(startCommand(['plan', ...options], environment), 0);
    await ended(startCommand(['work', '-q', '--plan', plan, '-d', directory], environment), 0);
  }
  const names = [...s3.objects.keys()].map((name) =>
    name.replace(/1-[0-9a-f]{8}/, 'ATTEMPT').replace(/[01]\.bin$/, 'N.bin'),
  );
  for (const name of [
    'a/objects/rows/000000.jsonl.gz',
    'a/objects/000000/ATTEMPT/N.bin',
    'a/objects/000001/ATTEMPT/N.bin',
    'b/tars/000001/ATTEMPT/00000.tar',
  ]) {
    assert.ok(names.includes(name), `${name} is not in ${names}`);
  }
  const args = ['report', url, '--plan', 'objects', '--format', 'json'];
  const { stdout } = await ended(startCommand(args, environment), 0);
  const [{ path }] = stdout.split('\n', 1).map((line) => JSON.parse(line));
  assert.ok(s3.objects.has(path.replace('s3://bucket/', '')), path);
});
