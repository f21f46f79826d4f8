// The cost of the ledger: CPU time for a row, on the main thread and on the ledger's own, and memory.
// Each run is a process of its own, on the build.
//
//   npm run bench:ledger [-- ROWS [ROUNDS]]
//
// The best of the rounds counts, as other work of the machine only adds to it. Files are in memory if the
// machine has a place for that, so that the disk is not measured.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Item } from '../src/model/item.ts';
import type { Outcome } from '../src/model/outcome.ts';
import type { EarlierFiles } from '../src/recording/earlier-files.ts';
import type { Recording as RecordingType } from '../src/recording/recording.ts';

/** Files that the rows share. Each row's file is looked up, but a million need not be made. */
const FILES = 1000;

/** Rows after which the event loop gets a turn, as in a download. */
const TURN = 64;

/** In µs per row; the last three in MB after 100,000 rows, MB at the end, and s from start to end. */
interface Figures {
  readonly main: number;
  readonly threads: number;
  readonly rssEarly: number;
  readonly rssLate: number;
  readonly wall: number;
}

const [first = '1000000', second = '3', ...rest] = process.argv.slice(2);
if (first === '--run') await measure(second, Number(rest[0]));
else compare(Number(first), Number(second));

function compare(rows: number, rounds: number): void {
  const shared = '/dev/shm';
  const directory = mkdtempSync(join(existsSync(shared) ? shared : tmpdir(), 'flaghoist-ledger-'));
  const figures: [name: string, figures: Figures[]][] = [
    ['first run', []],
    ['run again', []],
  ];
  try {
    for (let round = 0; round < rounds; round++) {
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      for (let i = 0; i < FILES; i++) writeFileSync(join(directory, `${i}.jpg`), '.');
      for (const [, all] of figures) {
        const args = [fileURLToPath(import.meta.url), '--run', directory, String(rows)];
        const begun = performance.now();
        const said = execFileSync(process.execPath, args, { encoding: 'utf8' });
        all.push({ ...JSON.parse(said), wall: (performance.now() - begun) / 1000 });
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  process.stdout.write(`${rows} rows, the best of ${rounds}\n\n`);
  process.stdout.write(
    '| | main, µs/row | threads, µs/row | RSS after 100,000 | RSS at the end | wall |\n',
  );
  process.stdout.write('|---|---|---|---|---|---|\n');
  for (const [name, all] of figures) {
    const best = (key: keyof Figures, digits: number) =>
      Math.min(...all.map((figures) => figures[key])).toFixed(digits);
    process.stdout.write(
      `| ${name} | ${best('main', 2)} | ${best('threads', 2)} | ${best('rssEarly', 0)} MB | ${best('rssLate', 0)} MB | ${best('wall', 1)} s |\n`,
    );
  }
}

/** One run over the list. Prints its figures as JSON. */
async function measure(directory: string, rows: number): Promise<void> {
  const { Recording } = (await import(
    new URL('../dist/recording/recording.js', import.meta.url).href
  )) as {
    Recording: typeof RecordingType;
  };
  const own = (await walk(directory, rows, {})).main;
  const recording = Recording.open({ directory, ledger: true });
  if (recording === undefined) throw new Error('there is no ledger');
  const all = process.cpuUsage();
  const main = process.threadCpuUsage();
  const { record, earlier } = recording;
  const walked = await walk(directory, rows, { record, recall: earlier.recall });
  await recording.complete(new AbortController().signal);
  await recording[Symbol.asyncDispose]();
  const spent = sum(process.cpuUsage(all)) - sum(process.threadCpuUsage(main));
  const figures: Omit<Figures, 'wall'> = {
    ...walked,
    main: (walked.main - own) / rows,
    threads: spent / rows,
  };
  process.stdout.write(JSON.stringify(figures));
}

/** Looks up each row in the ledger and records an outcome for it at once. */
async function walk(
  directory: string,
  rows: number,
  { recall, record }: Partial<Pick<RecordingType, 'record'> & Pick<EarlierFiles, 'recall'>>,
): Promise<Pick<Figures, 'main' | 'rssEarly' | 'rssLate'>> {
  const before = process.threadCpuUsage();
  let rssEarly = 0;
  for (let index = 0; index < rows; index++) {
    const item: Item = { index, url: `https://cdn.example.com/path/to/images/${index}.jpg` };
    const answer = recall?.(item);
    const earlier = answer instanceof Promise ? await answer : answer;
    const pause = record?.(
      earlier === undefined ? okOf(item, directory) : skippedOf(item, earlier.file),
    );
    if (pause !== undefined) await pause;
    if (index % TURN === 0) await nextTurn();
    if (index === 100_000) rssEarly = process.memoryUsage().rss / 2 ** 20;
  }
  const rssLate = process.memoryUsage().rss / 2 ** 20;
  return { main: sum(process.threadCpuUsage(before)), rssEarly, rssLate };
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

function okOf(item: Item, directory: string): Outcome {
  return {
    item,
    status: 'ok',
    path: `${directory}/${item.index % FILES}.jpg`,
    bytes: 1,
    httpStatus: 200,
    lastModified: 'Wed, 21 Oct 2015 07:28:00 GMT',
    timings: { sent: 0.5, firstByte: 8.1123, end: 11.25 },
    attempts: 1,
    startedAt: 1_700_000_000_000 + item.index,
    elapsed: 12.345_67,
  };
}

function skippedOf(item: Item, { path, bytes }: { path: string; bytes: number }): Outcome {
  return { item, status: 'skipped', reason: 'already-there', path, bytes, attempts: 0 };
}
