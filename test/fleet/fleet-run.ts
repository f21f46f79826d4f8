/** Workers that are killed. test/fleet/fleet.test.ts runs it with a few rows, bench/fleet/soak.ts with many. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { COMMAND } from '../support/command.ts';
import type { PostgresServer } from '../support/postgres.ts';
import { Hosts } from './hosts.ts';

export interface FleetRunOptions {
  readonly postgres: PostgresServer;
  /** An empty directory. */
  readonly directory: string;
  readonly rows: number;
  readonly hosts: number;
  readonly shardRows: number;
  readonly workers: number;
  /** How often each worker is killed. */
  readonly kills: number;
  /** Of the kills, in ms: the shortest and the longest time that a worker lives. */
  readonly lives: readonly [number, number];
  /** How late each response is, in ms. */
  readonly delay: number;
  /** Requests to a host at a time, at most. */
  readonly perHost: number;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** When the database is restarted, in ms since the first worker started. */
  readonly restartAfter?: number | undefined;
  readonly say?: (line: string) => void;
}

export interface FleetFigures {
  readonly requests: number;
  readonly killed: number;
  /** Attempts beyond the first of each shard. */
  readonly again: number;
  /** Requests to one host at a time, at most. */
  readonly most: number;
  /** In ms. */
  readonly planned: number;
  readonly worked: number;
}

/**
 * Plans a list, and has workers download it that are killed (SIGKILL) at random moments. Asserts that each
 * row has one record at the end, that each file is what the server has, and that no host had more requests
 * at a time than it may have.
 */
export async function killWorkers(options: FleetRunOptions): Promise<FleetFigures> {
  const { postgres, directory, rows, hosts: hostCount, shardRows, say = () => {} } = options;
  const { workers, kills, lives, delay, perHost, random, restartAfter } = options;
  await using hosts = await Hosts.start(hostCount, {
    delay,
    listener: ({ url = '' }, response) =>
      response.end(bodyOf(Number(/(\d+)\.bin$/.exec(url)?.[1]))),
  });
  const list = join(directory, 'list.txt');
  await writeList(list, rows, (row) => hosts.url(row % hostCount, `${row}.bin`));
  const flaghoist = (...args: string[]) => startCommand(args, { FLAGHOIST_DATABASE: postgres.url });
  const begun = performance.now();
  const out = join(directory, 'out');
  const limits = ['--per-host', String(perHost), '-m', '64'];
  await ended(
    flaghoist('plan', '-i', list, '-d', out, '--shard-rows', String(shardRows), ...limits),
    0,
  );
  const planned = performance.now() - begun;
  const restarting =
    restartAfter === undefined ? undefined : sleep(restartAfter).then(() => postgres.restart());
  let killed = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let life = 0; life < kills; life++) {
        const worker = flaghoist('work', '-q');
        const closed = once(worker, 'close');
        const [shortest, longest] = lives;
        await Promise.race([closed, sleep(shortest + random() * (longest - shortest))]);
        if (worker.exitCode === null && worker.kill('SIGKILL')) killed++;
        await closed;
      }
      // A worker that starts in the moment of the restart finds no server.
      for (let code = 3; code === 3; ) code = await codeOf(flaghoist('work', '-q'));
    }),
  );
  await restarting;
  const worked = performance.now() - begun - planned;
  say(`${rows} rows by ${workers} workers, of which ${killed} were killed`);
  const again = await checkRecords(postgres.url, rows);
  await checkFiles(postgres.url, out);
  const most = Math.max(...hosts.counts.map((host) => host.most));
  assert.ok(most <= perHost, `${most} requests to a host at a time, and not ${perHost}`);
  return { requests: hosts.requests, killed, again, most, planned, worked };
}

/** The body of a row's file. */
export function bodyOf(row: number): Buffer {
  return Buffer.alloc(100 + (row % 900), `${row} `);
}

async function writeList(path: string, rows: number, urlOf: (row: number) => string) {
  const file = createWriteStream(path);
  for (let row = 0; row < rows; row++) {
    if (!file.write(`${urlOf(row)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

/** Starts the command. */
export function startCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
}

/** The exit code of a worker: of one that found no server, or of one that has done all. */
async function codeOf(child: ChildProcess): Promise<number> {
  assert.ok(child.stderr !== null);
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const hasFoundNone = code === 3 && stderr.includes('cannot be reached');
  assert.ok(code === 0 || hasFoundNone, `${code}: ${stderr}`);
  return Number(code);
}

/** What a command printed, once it has ended with `code`. */
export async function ended(
  child: ChildProcess,
  code: number,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  assert.ok(child.stdout !== null && child.stderr !== null);
  const [stdout, stderr, [actual, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  assert.equal(actual ?? signal, code, `${stdout}\n${stderr}`);
  return { stdout, stderr };
}

/** The result of a query. */
export async function queried<T extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Each row has one record, and is ok. @returns how many attempts there were beyond the first ones */
async function checkRecords(url: string, rows: number): Promise<number> {
  const [counts] = await queried(
    url,
    `SELECT count(*)::int AS records, count(DISTINCT idx)::int AS rows, min(idx)::int, max(idx)::int,
       count(*) FILTER (WHERE status = 'ok')::int AS ok FROM flaghoist.records`,
  );
  assert.deepEqual(counts, { records: rows, rows, min: 0, max: rows - 1, ok: rows });
  const [shards] = await queried<{ missing: number; again: number }>(
    url,
    `SELECT count(*) FILTER (WHERE ended_at IS NULL)::int AS missing,
       sum(split_part(attempt, '-', 1)::int - 1)::int AS again FROM flaghoist.shards`,
  );
  assert.equal(shards?.missing, 0);
  const [tallied] = await queried(
    url,
    'SELECT sum(rows)::int AS rows FROM flaghoist.tallies WHERE status = $1',
    ['ok'],
  );
  assert.deepEqual(tallied, { rows });
  return shards?.again ?? 0;
}

/** Each record's file has its bytes. */
async function checkFiles(url: string, directory: string): Promise<void> {
  const records = await queried<{ idx: string; path: string }>(
    url,
    'SELECT idx, path FROM flaghoist.records',
  );
  for (const { idx, path } of records) {
    const body = await readFile(join(directory, path));
    assert.ok(body.equals(bodyOf(Number(idx))), `${path} is not what the server has`);
  }
}
