// Checks flaghoist/concurrency in Node, Bun and Deno. It installs Bun and Deno from npm into a temporary
// folder, and prints a line for each check. docs/concurrency.md, "Other runtimes", has the results.
//
//     npm run test:runtimes
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CheckResult } from './checks.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Time limit of a program. */
const LIMIT_MS = 10_000;

interface Runtime {
  readonly name: string;
  /** The command line before the program's file. */
  readonly command: readonly [string, ...string[]];
  /** Parts of the names of checks that fail for known reasons. */
  readonly known: readonly string[];
}

const execute = promisify(execFile);

function runtimes(folder: string): Runtime[] {
  const bin = (name: string) => join(folder, 'node_modules', '.bin', name);
  const noCallbackHooks = [
    'a timer that a task starts is part of no task',
    'a step that holds the event loop',
  ];
  const noIdle = 'waits for what nothing can wake';
  return [
    { name: 'node', command: [process.execPath, '--expose-gc'], known: [] },
    { name: 'bun', command: [bin('bun')], known: [...noCallbackHooks, noIdle] },
    {
      name: 'deno',
      command: [bin('deno'), 'run', '--allow-all', '--no-check', '--v8-flags=--expose-gc'],
      known: [...noCallbackHooks, noIdle],
    },
    {
      name: 'deno without permissions',
      command: [bin('deno'), 'run', '--no-prompt', '--no-check'],
      known: [],
    },
  ];
}

/** Runs checks.ts in the runtime. @returns its results */
async function* checksInside({
  command: [program, ...args],
}: Runtime): AsyncGenerator<CheckResult> {
  const file = join(CHECKOUT, 'scripts', 'runtimes', 'checks.ts');
  const child = spawn(program, [...args, file], { stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  let count = 0;
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{"group"')) continue;
    count++;
    yield JSON.parse(line);
  }
  const [code] = await closed;
  const failure = code === 0 && count > 0 ? undefined : `exit code ${code} after ${count} checks`;
  yield { group: 'all of these', name: 'come to their end', failure };
}

interface ProgramCheck {
  readonly name: string;
  readonly file: string;
  readonly args?: readonly string[];
  readonly exitCode: number;
  /** Sent when the program prints `ready`. */
  readonly signal?: NodeJS.Signals;
}

const PROGRAMS: readonly ProgramCheck[] = [
  {
    name: 'SIGINT ends it, cleaned up, in 130',
    file: 'test/concurrency/programs/run-signals.ts',
    args: ['passes-on'],
    exitCode: 130,
    signal: 'SIGINT',
  },
  {
    name: 'SIGTERM that nothing catches ends it in 143',
    file: 'test/concurrency/programs/run-signals.ts',
    args: ['throws'],
    exitCode: 143,
    signal: 'SIGTERM',
  },
  {
    name: 'waits for what nothing can wake: exits 13',
    file: 'test/concurrency/programs/run-stuck.ts',
    exitCode: 13,
  },
  { name: '20 runs at once', file: 'test/concurrency/programs/many-runs.ts', exitCode: 0 },
  { name: 'examples/spinner-task.ts', file: 'examples/spinner-task.ts', exitCode: 0 },
  { name: 'examples/spinner-thread.ts', file: 'examples/spinner-thread.ts', exitCode: 0 },
];

async function checkProgram(
  { command: [program, ...args] }: Runtime,
  check: ProgramCheck,
): Promise<CheckResult> {
  const all = [...args, join(CHECKOUT, check.file), ...(check.args ?? [])];
  const child = spawn(program, all, { stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS });
  const closed = once(child, 'close');
  const errors = text(child.stderr);
  for await (const line of createInterface(child.stdout)) {
    if (line === 'ready' && check.signal !== undefined) child.kill(check.signal);
  }
  const [code] = await closed;
  const passed = code === check.exitCode && !(await errors).includes('MaxListeners');
  const failure = passed ? undefined : `exit code ${code}`;
  return { group: 'programs', name: check.name, failure };
}

async function* checksOf(runtime: Runtime): AsyncGenerator<CheckResult> {
  if (runtime.name.endsWith('without permissions')) {
    const check = { name: 'can be imported', file: PROGRAMS[3]?.file ?? '', exitCode: 0 };
    yield await checkProgram(runtime, check);
    return;
  }
  yield* checksInside(runtime);
  for (const check of PROGRAMS) yield await checkProgram(runtime, check);
}

const folder = await mkdtemp(join(tmpdir(), 'flaghoist-runtimes-'));
try {
  const install = ['install', '--no-audit', '--no-fund', '--prefix', folder, 'bun', 'deno'];
  // Both packages have an install script that downloads or links the program.
  await execute('npm', [...install, '--foreground-scripts']);
  for (const runtime of runtimes(folder)) {
    const [program] = runtime.command;
    const { stdout } = await execute(program, ['--version']);
    const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'of no version';
    for await (const { group, name, failure } of checksOf(runtime)) {
      const isKnown = runtime.known.some((part) => name.includes(part));
      let result = failure === undefined ? 'ok' : `FAILED: ${failure}`;
      if (isKnown) result = failure === undefined ? 'ok, and was not before' : `not there`;
      console.log(`${runtime.name} ${version} | ${group} | ${name} | ${result}`);
      if (failure !== undefined && !isKnown) process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
