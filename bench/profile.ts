// Where the time of a file goes: V8's profile of the main thread of a run, by folder.
//
//     npm run bench:profile [-- ROWS [CHECKOUT]]
//
// It profiles the sources of this checkout, or of another one, with 64 requests at a time.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { flagPath } from './servers/flag-files.ts';
import { startNginx } from './servers/nginx.ts';

const [rows = '50000', checkout = '.'] = process.argv.slice(2);

/** The parts of V8's profile that are used here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** For each sample, the running node, and the time since the sample before, in µs. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const folder = await mkdtemp('/dev/shm/flaghoist-profile-');
try {
  await using nginx = await startNginx(join(folder, 'server'));
  const list = join(folder, 'urls.txt');
  const urls = Array.from({ length: Number(rows) }, (_, row) => `${nginx.http}${flagPath(row)}\n`);
  await writeFile(list, urls.join(''));
  const profiles = join(folder, 'profiles');
  const command = join(resolve(checkout), 'bin/flaghoist.js');
  const profiling = ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', profiles];
  const get = ['get', '-q', '-m', '64', '-d', join(folder, 'files'), '-i', list];
  const { status } = spawnSync(process.execPath, [...profiling, command, ...get], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`the run ended with ${status}`);
  report(JSON.parse(await readFile(await largestIn(profiles), 'utf8')));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The profile of the main thread is the largest one. */
async function largestIn(profiles: string): Promise<string> {
  const paths = (await readdir(profiles)).map((name) => join(profiles, name));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, ...(await stat(path)) })));
  return sizes.reduce((largest, one) => (one.size > largest.size ? one : largest)).path;
}

function report({ nodes, samples, timeDeltas }: Profile): void {
  const areas = new Map(nodes.map(({ id, callFrame }) => [id, areaOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const area = areas.get(id) ?? '';
    times.set(area, (times.get(area) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const byTime = [...times].sort(([, a], [, b]) => b - a);
  const perRow = (time: number) => (time / Number(rows)).toFixed(1).padStart(7);
  for (const [area, time] of byTime.slice(0, 20)) console.log(`${perRow(time)}  ${area}`);
  console.log(`${perRow(byTime.reduce((sum, [, time]) => sum + time, 0))}  µs for each file`);
}

function areaOf({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  const [, own] = /\/src\/((?:[^/]+\/)?)[^/]+$/.exec(url) ?? [];
  if (own !== undefined && !url.includes('node_modules')) return `src/${own}`;
  const [, part] = /node_modules\/([^/]+)/.exec(url) ?? [];
  if (part !== undefined) return part;
  return url.startsWith('node:') ? 'node' : `node: ${functionName}`;
}
