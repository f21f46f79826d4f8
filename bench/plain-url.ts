// Through which files the download of one URL passes, and how many lines run: by V8's coverage.
//
//   npm run bench:path [-- OPTION ...]    the options are those of `flaghoist get`
//
// A file counts when one of its functions runs; the code right in it, which only defines things, does
// not. Of such a file all lines count, and beside them those of the functions that ran.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHECKOUT = join(import.meta.dirname, '..');
const SOURCES = join(CHECKOUT, 'src');

/** What V8 says of a script; offsets are in characters. */
interface Script {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

/** A source file that was loaded. */
interface Passed {
  readonly path: string;
  readonly lines: number;
  /** Its lines in functions that ran; 0 when none did. */
  readonly ran: number;
}

const folder = await mkdtemp(join(tmpdir(), 'flaghoist-path-'));
const server = fork(join(import.meta.dirname, 'start-up-server.ts'));
try {
  const [port] = (await once(server, 'message')) as [number];
  const scripts = await scriptsOf([
    'get',
    `http://127.0.0.1:${port}/file.bin`,
    ...process.argv.slice(2),
  ]);
  report(await Promise.all([...scripts].map(([path, ran]) => passed(path, ran))));
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}

/** Runs the command. @returns the sources that it loaded, each with the ranges of functions that ran */
async function scriptsOf(args: readonly string[]): Promise<Map<string, [number, number][]>> {
  const coverage = join(folder, 'coverage');
  const command = [join(CHECKOUT, 'bin/flaghoist.js'), ...args, '-d', join(folder, 'files')];
  const env = { ...process.env, NODE_V8_COVERAGE: coverage, NODE_DISABLE_COMPILE_CACHE: '1' };
  const { status, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`flaghoist exited with ${status}: ${stderr}`);
  const scripts = new Map<string, [number, number][]>();
  // One file for the process, and one for each thread.
  for (const name of await readdir(coverage)) {
    const { result } = JSON.parse(await readFile(join(coverage, name), 'utf8')) as {
      readonly result: readonly Script[];
    };
    for (const { url, functions } of result) {
      if (!url.startsWith('file:')) continue;
      const path = fileURLToPath(url);
      if (!path.startsWith(SOURCES)) continue;
      // The first function is the code right in the file.
      const ran = functions.slice(1).flatMap(({ ranges: [whole] }): [number, number][] => {
        return whole !== undefined && whole.count > 0 ? [[whole.startOffset, whole.endOffset]] : [];
      });
      scripts.set(path, [...(scripts.get(path) ?? []), ...ran]);
    }
  }
  return scripts;
}

async function passed(path: string, ran: readonly [number, number][]): Promise<Passed> {
  const text = await readFile(path, 'utf8');
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const lines = new Set<number>();
  for (const [start, end] of ran) {
    for (let line = lineAt(start); line <= lineAt(end); line++) lines.add(line);
  }
  return { path, lines: text.split('\n').length - 1, ran: lines.size };
}

function report(files: readonly Passed[]): void {
  const folders = Map.groupBy(files, ({ path }) => dirname(relative(SOURCES, path)));
  const rows = [...folders].sort(([a], [b]) => a.localeCompare(b));
  console.log('folder                 loaded  passed   lines     ran');
  for (const [name, inside] of [...rows, ['all', files] as const]) {
    const through = inside.filter(({ ran }) => ran > 0);
    const sum = (of: (file: Passed) => number) => through.reduce((all, file) => all + of(file), 0);
    const numbers = [
      inside.length,
      through.length,
      sum(({ lines }) => lines),
      sum(({ ran }) => ran),
    ];
    console.log(name.padEnd(21) + numbers.map((number) => String(number).padStart(8)).join(''));
  }
}
