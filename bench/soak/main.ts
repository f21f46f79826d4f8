// The soak: a million rows from a server that answers one request in twenty with some fault.
//
//   npm run bench:soak [-- ROWS [RATE [SEED]]]
//
// At the end it checks that every row has had one outcome, that the ledger is sound and agrees, and that
// each file is right, byte for byte. It prints memory and open handles on the way, which must not grow.
// Files are in memory: a million take some 6 GB of it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { withoutProxies } from '../measure/without-proxies.ts';
import { installedProgram } from '../peers/installed.ts';
import { writeList } from './list.ts';
import { MIX, OPTIONS } from './mix.ts';
import { type Ends, verify } from './verify.ts';
import { mediansBetween, type Vitals, vitalsOf } from './vitals.ts';

const [rows = 1_000_000, rate = 0.05, seed = 1] = process.argv.slice(2).map(Number);

/** Time between two samples of the process, in ms. */
const LOOK = 200;

const say = (line: string) => process.stdout.write(`${line}\n`);
const env = withoutProxies(process.env);
const folder = await mkdtemp('/dev/shm/flaghoist-soak-');
const SOURCES = fileURLToPath(new URL('../../bin/flaghoist.js', import.meta.url));
const server = spawn(
  process.execPath,
  [
    ...[SOURCES, 'serve', '--port', '0', '--seed', String(seed), '--fault-rate', String(rate)],
    ...MIX.flatMap((fault) => ['--fault', fault]),
  ],
  { env, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const list = join(folder, 'list.txt');
  await writeList(list, await originOf(server.stdout), rows);
  const directory = join(folder, 'files');
  const begun = performance.now();
  const get = spawn(
    process.execPath,
    [installedProgram(), 'get', '--json', '--tree', '-i', list, '-d', directory, ...OPTIONS],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const vitals: Vitals[] = [];
  const ends = await follow(get, vitals);
  const seconds = (performance.now() - begun) / 1000;
  say(
    `${rows} rows in ${seconds.toFixed(1)} s, a fault for ${rate * 100} % of the requests, seed ${seed}`,
  );
  say(JSON.stringify(ends.counts));
  report(vitals);
  assert.equal(
    Object.values(ends.counts).reduce((sum, count) => sum + count, 0),
    rows,
  );
  await verify(directory, rows, ends);
  say('all rows accounted for, the ledger sound, every file byte for byte the right one');
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}

async function originOf(stdout: Readable): Promise<string> {
  for await (const line of createInterface(stdout)) {
    // An address, as localhost would have to be resolved.
    const url = new URL(line.split('  ')[1] as string);
    return `http://127.0.0.1:${url.port}`;
  }
  throw new Error('the server did not start');
}

/** Reads the outcomes of the run, and samples its process meanwhile. */
async function follow(get: ChildProcess, vitals: Vitals[]): Promise<Ends> {
  const counts: Record<string, number> = {};
  const ok = new Set<number>();
  let ended = 0;
  const timer = setInterval(() => {
    const one = vitalsOf(get.pid as number, ended);
    if (one !== undefined) vitals.push(one);
  }, LOOK);
  const exit = once(get, 'exit');
  let done: unknown;
  for await (const line of createInterface(get.stdout as Readable)) {
    const { type, status, index, ...rest } = JSON.parse(line);
    if (type === 'done') {
      done = rest;
      continue;
    }
    ended++;
    counts[status] = (counts[status] ?? 0) + 1;
    if (status === 'ok') ok.add(index);
  }
  clearInterval(timer);
  const [code] = await exit;
  assert.equal(code, 1, 'the run itself failed');
  const { ok: good = 0, failed = 0, 'not-found': notFound = 0 } = counts;
  assert.deepEqual(done, { total: rows, ok: good, skipped: 0, notFound, failed, cancelled: 0 });
  return { counts, ok };
}

function report(vitals: readonly Vitals[]): void {
  const tenths = Array.from({ length: 10 }, (_, i) =>
    mediansBetween(vitals, rows, [i / 10, (i + 1) / 10]),
  );
  const megabytes = tenths.map(({ residentBytes }) => (residentBytes / 1e6).toFixed(0));
  const peak = Math.max(...vitals.map((one) => one.residentBytes)) / 1e6;
  say(`resident in each tenth: ${megabytes.join(' ')} MB, ${peak.toFixed(0)} MB at the most`);
  say(`open handles in each tenth: ${tenths.map(({ handles }) => handles).join(' ')}`);
}
