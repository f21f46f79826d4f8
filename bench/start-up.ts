// How long the command takes to start: against Node itself, and for one small file.
//
//   npm run bench:startup [-- RUNS]
//
// Each line is a way to run it; they take turns, so that what else the machine does falls on all of
// them alike. The server is a process of its own, as it would be.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '..');
const [runs = 21] = process.argv.slice(2).map(Number);

interface Way {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether nothing that Node made of the code is left from the run before. */
  readonly cold?: boolean;
}

const folder = await mkdtemp(join(tmpdir(), 'flaghoist-start-up-'));
const server = fork(join(import.meta.dirname, 'start-up-server.ts'));
try {
  const url = `${await addressOf(server)}/file.bin`;
  const ways = await waysToRun(url);
  // Twice: the first run compiles, and the second may still find something to keep of it.
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

async function waysToRun(url: string): Promise<Way[]> {
  const built = await asInstalled();
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

/** What the package has, without the sources. @returns the path of its command */
async function asInstalled(): Promise<string> {
  const installed = join(folder, 'installed');
  for (const part of ['bin', 'dist', 'package.json']) {
    await cp(join(CHECKOUT, part), join(installed, part), { recursive: true });
  }
  await symlink(join(CHECKOUT, 'node_modules'), join(installed, 'node_modules'));
  return join(installed, 'bin/flaghoist.js');
}

/** In ms, from before the process is there until it is gone. */
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

/** Against the first of them. */
function report(times: ReadonlyMap<Way, readonly number[]>): void {
  const [[, nodes = []] = []] = times;
  const base = { median: quantile(nodes, 0.5), least: Math.min(...nodes) };
  process.stdout.write(`${runs} runs each; ms\n\n`);
  process.stdout.write('| | least | median | more than node | ratio |\n|---|--:|--:|--:|--:|\n');
  for (const [{ name }, taken] of times) {
    const median = quantile(taken, 0.5);
    const cells = [
      name,
      Math.min(...taken).toFixed(1),
      median.toFixed(1),
      (median - base.median).toFixed(1),
      (median / base.median).toFixed(2),
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
