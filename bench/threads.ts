// CPU time that a file costs each thread of a run, and nginx: in µs, medians of several runs.
//
//     npm run bench:threads [-- [--tar] ROWS [ROUNDS]]
//
// It runs the built command with 64 requests at a time, as in the case `http-100k`; with --tar as in
// `shards-100k`.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure } from './measure/measure.ts';
import { type CpuTime, cpuTimeOf, ThreadTimes } from './measure/thread-times.ts';
import { timeLimit } from './measure/time-limit.ts';
import { flaghoistCommand } from './peers/flaghoist.ts';
import { median } from './results/statistics.ts';
import { flagPath } from './servers/flag-files.ts';
import { startNginx } from './servers/nginx.ts';

const { values, positionals } = parseArgs({
  options: { tar: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [rows = 100_000, rounds = 5] = positionals.map(Number);
if (!(rows > 0 && rounds > 0)) throw new Error('ROWS and ROUNDS are numbers of 1 or more');

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('interrupted')));

/** CPU time in each run, by the name of the thread or program. */
const taken = new Map<string, CpuTime[]>();
const walls: number[] = [];

const folder = await mkdtemp('/dev/shm/flaghoist-threads-');
try {
  await using nginx = await startNginx(join(folder, 'server'));
  const server = await workerOf(join(folder, 'server'));
  const list = join(folder, 'urls.txt');
  const urls = Array.from({ length: rows }, (_, row) => `${nginx.http}${flagPath(row)}\n`);
  await writeFile(list, urls.join(''));
  const files = join(folder, 'files');
  for (let round = 0; round < rounds; round++) {
    await rm(files, { recursive: true, force: true });
    const before = cpuTimeOf(server);
    const place = values.tar ? ['--sink', `tar:${files}`] : ['-d', files];
    await run(['get', '-q', '-m', '64', ...place, '-i', list]);
    const after = cpuTimeOf(server);
    if (before === undefined || after === undefined) throw new Error('nginx has ended');
    take('nginx', { user: after.user - before.user, system: after.system - before.system });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
report();

async function run(args: readonly string[]): Promise<void> {
  let times: ThreadTimes | undefined;
  try {
    const { exitCode, wallSeconds, stderr } = await measure(flaghoistCommand(...args), {
      limitSeconds: timeLimit(rows),
      signal: interruption.signal,
      onStart: (pid) => {
        times = new ThreadTimes(pid);
      },
    });
    if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}: ${stderr}`);
    walls.push(wallSeconds * 1000);
  } finally {
    times?.[Symbol.dispose]();
  }
  for (const [name, time] of times?.byName ?? []) take(name, time);
}

function take(name: string, time: CpuTime): void {
  const times = taken.get(name) ?? [];
  taken.set(name, times);
  times.push(time);
}

/** The id of nginx's worker, a child of its master process. */
async function workerOf(root: string): Promise<string> {
  const main = (await readFile(join(root, 'nginx.pid'), 'utf8')).trim();
  const children = await readFile(`/proc/${main}/task/${main}/children`, 'utf8');
  return children.trim().split(' ')[0] ?? main;
}

function report(): void {
  const perFile = (times: readonly number[]) => (((median(times) ?? 0) * 1000) / rows).toFixed(1);
  console.log(`${rows} files, ${rounds} runs, µs for each: ${perFile(walls)} in all\n`);
  console.log('| thread | in the process | in the kernel |\n|---|--:|--:|');
  for (const [name, times] of taken) {
    const [user, system] = [times.map((one) => one.user), times.map((one) => one.system)];
    if (Math.max(...user, ...system) === 0) continue;
    console.log(`| ${name} | ${perFile(user)} | ${perFile(system)} |`);
  }
}
