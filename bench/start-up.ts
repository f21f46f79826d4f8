// How long the command takes to start, beside Node itself, and to get one small file.
//
//   npm run bench:startup [-- RUNS]
//
// Each line is a way to run it. The ways take turns, so that other work of the machine affects all of
// them alike. The server is a process of its own.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedProgram } from './peers/installed.ts';
import { median } from './results/statistics.ts';

const CHECKOUT = join(import.meta.dirname, '..');
const [runs = 21] = process.argv.slice(2).map(Number);

interface Way {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the run starts without Node's compile cache of the run before. */
  readonly cold?: boolean;
}

const folder = await mkdtemp(join(tmpdir(), 'flaghoist-start-up-'));
const server = fork(join(import.meta.dirname, 'start-up-server.ts'));
try {
  const url = `${await addressOf(server)}/file.bin`;
  const ways = waysToRun(url);
  // Twice: the first run fills the compile cache, and the second may still add to it.
  for (const way of [...ways, ...ways]) if (!way.cold) await timed(way);
  const times = new Map(ways.map((way) => [way, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    for (const [way, taken] of times) taken.push(await timed(way));
  }
  report(times);
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}

function waysToRun(url: string): Way[] {
  const built = installedProgram();
  const checkout = join(CHECKOUT, 'bin/flaghoist.js');
  const get = ['get', url, '--directory', join(folder, 'files')];
  return [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'package: --version', args: [built, '--version'] },
    { name: 'package: --help', args: [built, '--help'] },
    { name: 'package: get', args: [built, ...get] },
    { name: 'package: get --no-ledger', args: [built, ...get, '--no-ledger'] },
    { name: 'package: get, first run', args: [built, ...get], cold: true },
    {
      name: 'package: get, no compile cache',
      args: [built, ...get],
      env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    },
    { name: 'checkout: --version', args: [checkout, '--version'] },
    { name: 'checkout: --help', args: [checkout, '--help'] },
    { name: 'checkout: get', args: [checkout, ...get] },
  ];
}

/** The time from before the process starts until it has ended, in ms. */
async function timed({ name, args, env, cold }: Way): Promise<number> {
  await rm(join(folder, 'files'), { recursive: true, force: true });
  const cache = join(folder, cold ? 'cold-cache' : 'cache');
  if (cold) await rm(cache, { recursive: true, force: true });
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: cache, ...env },
    encoding: 'utf8',
  });
  const taken = performance.now() - began;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return taken;
}

async function addressOf(child: ChildProcess): Promise<string> {
  const [port] = (await once(child, 'message')) as [number];
  return `http://127.0.0.1:${port}`;
}

/** Prints the times of each way, and their differences from the first way. */
function report(times: ReadonlyMap<Way, readonly number[]>): void {
  const [[, nodes = []] = []] = times;
  const base = median(nodes) ?? Number.NaN;
  process.stdout.write(`${runs} runs each; ms\n\n`);
  process.stdout.write('| | least | median | more than node | ratio |\n|---|--:|--:|--:|--:|\n');
  for (const [{ name }, taken] of times) {
    const middle = median(taken) ?? Number.NaN;
    const cells = [
      name,
      Math.min(...taken).toFixed(1),
      middle.toFixed(1),
      (middle - base).toFixed(1),
      (middle / base).toFixed(2),
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
}
