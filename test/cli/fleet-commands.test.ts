// Slow: starts PostgreSQL. The commands run in this process.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { UsageError } from '../../src/cli/options/values.ts';
import { queried } from '../fleet/fleet-run.ts';
import { Hosts } from '../fleet/hosts.ts';
import { openForFile, skip, startPostgres } from '../support/postgres.ts';
import { saying } from '../support/saying.ts';
import { dataIn } from '../support/stand-in-page.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { runInProcess } from './run-in-process.ts';

const postgres = openForFile(startPostgres);

/** An empty database, a directory, and commands on them. */
async function setUp(t: TestContext, name: string) {
  await queried(postgres().url, `CREATE DATABASE ${name}`);
  const url = postgres().urlOf(name);
  const directory = await temporaryDirectory(t);
  const start = (...args: string[]) => runInProcess(t, ...args, '--database', url);
  /** Runs a command to its end. */
  const run = async (...args: string[]) => {
    const { texts, code } = start(...args);
    return { code: await code, ...texts };
  };
  const list = async (file: string, urls: readonly string[]) => {
    await writeFile(join(directory, file), urls.join('\n'));
    return join(directory, file);
  };
  return { url, directory, start, run, list };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

test('plan: a list without rows, and a place that takes no files, leave no plan', {
  skip,
}, async (t) => {
  const { run, list, directory } = await setUp(t, 'nothing');
  const empty = await list('empty.txt', []);
  await assert.rejects(
    run('plan', '-i', empty, '-d', directory),
    saying(/is empty: there is no row/),
  );
  const full = await list('full.txt', ['http://a.example/']);
  await assert.rejects(
    run('plan', '-i', full, '-d', full),
    saying(/row shard .* cannot be written/),
  );
  await assert.rejects(run('status'), saying(/^there is no plan in the database nothing/));
  await assert.rejects(run('work'), saying(/^there is no plan in the database nothing/));
});

test('status, report and retry of a database: say what became of a plan, in each format', {
  skip,
}, async (t) => {
  const { run, list, directory } = await setUp(t, 'reports');
  let status = 404;
  await using hosts = await Hosts.start(2, {
    listener: ({ url }, response) => {
      if (url === '/bad') response.statusCode = status;
      response.end('file');
    },
  });
  const urls = ['good', 'bad'].flatMap((path) => [hosts.url(0, path), hosts.url(1, path)]);
  const out = join(directory, 'out');
  await run('plan', '-i', await list('list.txt', urls), '-d', out);
  assert.match((await run('status')).stdout, /^Plan list: 4 rows, 0 of 2 shards done\.\n/);
  assert.deepEqual(await run('work', '-q'), { code: 1, stdout: '', stderr: '' });
  // There is nothing to do.
  assert.deepEqual(await run('work', '-q'), { code: 1, stdout: '', stderr: '' });

  const report = async (...args: string[]) => (await run('report', ...args)).stdout;
  assert.match(await report(), /^ok +2 [\s\S]*\nHost[\s\S]*\n127\.0\.0\.1:\d+ +2 +1 /);
  const lines = (await report('--format', 'json')).trim().split('\n');
  assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), {
    ...{ type: 'done', total: 4, ok: 2, skipped: 0, notFound: 2, failed: 0, cancelled: 0 },
  });
  assert.equal((await report('--format', 'csv', '--where', 'status = ok')).split('\n').length, 4);
  const table = join(directory, 'rows.parquet');
  await report('--format', 'parquet', '-o', table);
  assert.equal((await parquetReadObjects({ file: await asyncBufferFromFile(table) })).length, 4);
  await assert.rejects(run('report', '--format', 'html'), UsageError);

  await assert.rejects(run('retry', '-m', '3'), /--max-requests: .*give this to flaghoist work/);
  assert.equal((await run('retry')).stdout, 'There is nothing to try again.\n');
  const { stdout: again } = await run('retry', '--reason', 'http-404');
  assert.match(again, /^2 rows to try again, in 2 shards\.\n/);
  status = 200;
  assert.match((await run('status')).stdout, /\n2 shards to download: flaghoist work/);
  assert.equal((await run('work', '-q')).code, 0);
  assert.match(
    (await run('status')).stdout,
    /^Plan list: 4 rows, 4 of 4 [\s\S]*Nothing is left to do/,
  );

  // Another plan beside it, with another sink.
  const more = await list('more.txt', [hosts.url(0, 'more')]);
  await run('plan', '-i', more, '--sink', `tar:${join(directory, 'tars')}`);
  await assert.rejects(
    run('work'),
    saying(/has several plans: choose one with --plan: list, more$/),
  );
  assert.equal((await run('work', '-q', '--plan', 'more')).code, 0);
  const { stdout: both } = await run('status');
  assert.match(
    both,
    /^Plan list: 4 rows, .*\nPlan more: 1 row, 1 of 1 shard done\.\nMore about one/,
  );
  assert.match(await report('--plan', 'more', '--format', 'csv'), /\/tars\/more\//);
});

test('status --dashboard: serves the page of a plan until Ctrl-C', { skip }, async (t) => {
  const { run, start, list, directory } = await setUp(t, 'watched');
  await run('plan', '-i', await list('list.txt', ['http://a.example/']), '-d', directory);
  const { texts, code } = start('status', '--dashboard', '0');
  const address = /can be watched at (\S+)/;
  await until(() => address.test(texts.stderr));
  const page = await fetch(address.exec(texts.stderr)?.[1] ?? '');
  assert.deepEqual(dataIn(await page.text()), { kind: 'fleet' });
  process.emit('SIGINT', 'SIGINT');
  assert.equal(await code, 0);
  assert.match(texts.stdout, /^Plan list: 1 row, 0 of 1 shard done\.\n/);
});

test('work --dashboard: the work goes on when its page gets no news, and says so', {
  skip,
}, async (t) => {
  const { url, run, start, list, directory } = await setUp(t, 'blind');
  const held: ServerResponse[] = [];
  await using hosts = await Hosts.start(1, { listener: (_, response) => void held.push(response) });
  await run('plan', '-i', await list('list.txt', [hosts.url(0, 'a')]), '-d', directory);
  const { texts, code } = start('work', '--dashboard', '0');
  await until(() => held.length === 1 && texts.stderr.includes('can be watched at'));
  await queried(url, 'ALTER TABLE flaghoist.tallies RENAME TO hidden');
  const line =
    /^flaghoist: the live page shows nothing new: the database blind .* cannot be used: .*$/m;
  await until(() => line.test(texts.stderr));
  await queried(url, 'ALTER TABLE flaghoist.hidden RENAME TO tallies');
  held[0]?.end('file');
  assert.equal(await code, 0);
  assert.match(texts.stdout, /^ok +1 /);
});

test('work: ends with a line when its plan was planned anew meanwhile', { skip }, async (t) => {
  const { url, run, start, list, directory } = await setUp(t, 'replaced');
  const held: ServerResponse[] = [];
  await using hosts = await Hosts.start(1, { listener: (_, response) => void held.push(response) });
  await run('plan', '-i', await list('list.txt', [hosts.url(0, 'a')]), '-d', directory);
  const { code } = start('work');
  await until(() => held.length === 1);
  await queried(url, 'DELETE FROM flaghoist.plans');
  await queried(url, 'DELETE FROM flaghoist_jobs.job');
  held[0]?.end('file');
  await assert.rejects(code, saying(/^the plan list was planned anew meanwhile/));
});
