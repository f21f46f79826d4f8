/** The kill test. test/kill/kill.test.ts runs it with a few kills, bench/kill.ts with many. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { errorCode } from '../../src/model/error-code.ts';
import { COMMAND } from '../support/command.ts';
import { bodiesOf, KillServer, type Served } from './kill-server.ts';

export interface KillOptions {
  readonly rows: number;
  readonly kills: number;
  /** Seeds the bodies and the moments of the kills. */
  readonly seed: number;
  /** An empty directory. */
  readonly directory: string;
  readonly say?: (line: string) => void;
}

export interface KillFigures {
  readonly rows: number;
  readonly bytes: number;
  /** Runs that were killed, and how many of them were killed before their first request. */
  readonly killed: number;
  readonly killedBeforeRequests: number;
  /** Runs that ended before the moment of their kill. */
  readonly ended: number;
  readonly requests: number;
  readonly ranges: number;
  /** Rows that the ledger had as done after each kill. */
  readonly done: readonly number[];
}

/**
 * Downloads a list and kills the run (SIGKILL) at random moments. The same command is started again
 * each time, at last without a kill.
 *
 * Asserts after each kill that the ledger is sound and has no row twice, that each file under a final
 * name is whole, and that rows that were done are not requested again. Asserts at the end that every
 * file is byte for byte what the server has, that the ledger has each row once, and that no other file
 * is left.
 */
export async function killAndRestart(options: KillOptions): Promise<KillFigures> {
  const { rows, kills, seed, directory, say = () => {} } = options;
  const random = generator(seed);
  const files = bodiesOf(rows, random);
  await using server = await KillServer.start(files);
  const list = join(directory, 'list.csv');
  const target = join(directory, 'files');
  // Some files are downloaded twice, under two names.
  const wanted = files.flatMap((file, i) => {
    const name = `${String(i).padStart(5, '0')}.bin`;
    return i % 50 === 0
      ? [
          { file, name },
          { file, name: `again-${name}` },
        ]
      : [{ file, name }];
  });
  const lines = wanted.map(({ file, name }) => `${server.url}${file.path},${name}\n`);
  await writeFile(list, `url,name\n${lines.join('')}`);
  const args = ['get', '-q', '-d', target, '-i', list, '--name-column', 'name'];

  const figures = { killed: 0, killedBeforeRequests: 0, ended: 0, requests: 0 };
  const done: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const before = await readLedger(directory, target);
    // One kill in five comes while the run starts. The others come shortly after some request: before
    // or after the ledger has written: its thread starts, and then writes every 100 ms.
    const isEarly = random() < 0.2;
    const moment = isEarly
      ? { requests: 0, ms: random() * 600 }
      : {
          requests: 1 + Math.floor(random() * 2 * (wanted.length / kills)),
          ms: random() * (random() < 0.5 ? 40 : 300),
        };
    const { isKilled } = await run(server, args, moment);
    figures.requests += server.asked.length;
    if (!isKilled) figures.ended++;
    else if (server.asked.length === 0) figures.killedBeforeRequests++;
    if (isKilled) figures.killed++;
    assertNotAskedAgain(before, server, wanted);
    const after = await readLedger(directory, target);
    assert.ok(after.size >= before.size, `${after.size} rows done, and ${before.size} before`);
    await assertSizes(target, wanted);
    done.push(after.size);
    say(
      `kill ${kill + 1}: ${server.asked.length} requests, ${after.size} of ${wanted.length} done${isKilled ? '' : ', ended'}`,
    );
  }
  const before = await readLedger(directory, target);
  const { code, stderr } = await run(server, args);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  figures.requests += server.asked.length;
  assertNotAskedAgain(before, server, wanted);
  await assertComplete(directory, target, wanted);
  const bytes = wanted.reduce((sum, { file }) => sum + file.body.length, 0);
  return { rows: wanted.length, bytes, ...figures, ranges: server.ranges, done };
}

interface Wanted {
  readonly file: Served;
  readonly name: string;
}

/** @param moment when to kill the run: so many ms after so many requests; undefined for never */
async function run(
  server: KillServer,
  args: readonly string[],
  moment?: { readonly requests: number; readonly ms: number },
): Promise<{ isKilled: boolean; code: number | null; stderr: string }> {
  let left = moment?.requests ?? Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killSoon = () => {
    timer ??= setTimeout(() => child.kill('SIGKILL'), moment?.ms);
  };
  server.begin(() => {
    if (--left <= 0) killSoon();
  });
  if (left === 0) killSoon();
  const [said, [code, signal]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  clearTimeout(timer);
  if (signal === null) assert.equal(code, 0, said);
  return { isKilled: signal !== null, code, stderr: said };
}

/** The names that the ledger has as done. Reads a copy, since opening the ledger repairs it. */
async function readLedger(directory: string, target: string): Promise<Set<string>> {
  const copy = join(directory, 'copy');
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy);
  const folder = join(target, '.flaghoist');
  const names = await namesIn(folder);
  if (!names.includes('ledger.db')) return new Set();
  for (const name of names) {
    if (/^ledger\.db(-wal|-journal)?$/.test(name))
      await copyFile(join(folder, name), join(copy, name));
  }
  using database = new DatabaseSync(join(copy, 'ledger.db'));
  const [check] = database.prepare('PRAGMA integrity_check').all();
  assert.deepEqual({ ...check }, { integrity_check: 'ok' });
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {};
  // The run was killed before it had a ledger.
  if (tables === 0) return new Set();
  const records = database.prepare('SELECT name, status FROM rows').all();
  assert.equal(
    new Set(records.map(({ name }) => name)).size,
    records.length,
    'a row is there twice',
  );
  return new Set(records.filter(({ status }) => status === 'ok').map(({ name }) => String(name)));
}

function assertNotAskedAgain(
  before: ReadonlySet<string>,
  server: KillServer,
  wanted: readonly Wanted[],
): void {
  const allowed = new Set(
    wanted.filter(({ name }) => !before.has(name)).map(({ file }) => file.path),
  );
  const again = server.asked.filter((path) => !allowed.has(path));
  assert.deepEqual(again, [], 'done, and asked for again');
}

/** Asserts that a file under a final name has the right length. Its bytes are compared at the end. */
async function assertSizes(target: string, wanted: readonly Wanted[]): Promise<void> {
  const sizes = new Map(wanted.map(({ file, name }) => [name, file.body.length]));
  for (const name of await namesIn(target)) {
    if (name === '.flaghoist') continue;
    assert.equal((await stat(join(target, name))).size, sizes.get(name), name);
  }
}

async function assertComplete(
  directory: string,
  target: string,
  wanted: readonly Wanted[],
): Promise<void> {
  for (const { file, name } of wanted) {
    assert.ok((await readFile(join(target, name))).equals(file.body), name);
  }
  const found = (await readdir(target, { withFileTypes: true, recursive: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(target, join(entry.parentPath, entry.name)));
  const expected = [
    '.flaghoist/ledger.db',
    '.flaghoist/lock.db',
    ...wanted.map(({ name }) => name),
  ];
  assert.deepEqual(found.sort(), expected.sort());
  const done = await readLedger(directory, target);
  assert.equal(done.size, wanted.length);
  using database = new DatabaseSync(join(target, '.flaghoist', 'ledger.db'));
  const { rows } = database.prepare('SELECT count(*) AS rows FROM rows').get() ?? {};
  assert.equal(rows, wanted.length);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Random numbers from 0 to 1 (exclusive), the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
