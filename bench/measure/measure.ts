import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { PYTHON } from './python.ts';
import { withoutProxies } from './without-proxies.ts';

const WAIT4 = fileURLToPath(new URL('wait4.py', import.meta.url));
/** How many characters of a program's stderr are kept. */
const STDERR_KEPT = 2_000;

/** A program and its arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** The cost of one run of a program by the kernel's account, all threads included. */
export interface Usage {
  readonly wallSeconds: number;
  /** User and system. */
  readonly cpuSeconds: number;
  /** Peak of the resident memory. */
  readonly peakBytes: number;
  /** Negative if a signal ended it: the number of the signal. */
  readonly exitCode: number;
  readonly isTimedOut: boolean;
  /** The end of its output. */
  readonly stderr: string;
}

export interface MeasureOptions {
  /** Whole seconds after which the program is killed. */
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
  /** Its stdin. @default empty */
  readonly stdin?: Readable;
  /** Called as soon as the program runs. */
  readonly onStart?: (pid: number) => void;
}

/** Runs a program to its end. @throws the signal's reason if it aborts; the program is then killed */
export async function measure(command: Command, options: MeasureOptions): Promise<Usage> {
  const { limitSeconds, signal, stdin, onStart } = options;
  signal.throwIfAborted();
  const runner = spawn(
    PYTHON,
    ['-S', '-E', WAIT4, String(limitSeconds), command.file, ...command.args],
    {
      env: withoutProxies(process.env),
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe', 'pipe'],
    },
  );
  const stop = () => runner.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const closed = once(runner, 'close');
    // Both are pipes: see stdio above.
    const [errors, reports] = [runner.stdio[2] as Readable, runner.stdio[3] as Readable];
    const [usage, stderr] = await Promise.all([
      readReports(reports, onStart),
      readEnd(errors),
      stdin === undefined ? undefined : feed(stdin, runner.stdin as Writable),
      closed,
    ]);
    signal.throwIfAborted();
    if (usage === undefined) throw new Error(`cannot run ${command.file}: ${stderr}`);
    return { ...usage, stderr };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

type Report = { readonly pid: number } | Omit<Usage, 'stderr'>;

async function readReports(
  reports: Readable,
  onStart: ((pid: number) => void) | undefined,
): Promise<Omit<Usage, 'stderr'> | undefined> {
  let usage: Omit<Usage, 'stderr'> | undefined;
  for await (const line of createInterface({ input: reports })) {
    const report = JSON.parse(line) as Report;
    if ('pid' in report) onStart?.(report.pid);
    else usage = report;
  }
  return usage;
}

async function readEnd(stream: Readable): Promise<string> {
  let end = '';
  for await (const text of stream.setEncoding('utf8')) end = (end + text).slice(-STDERR_KEPT);
  return end.trim();
}

/** If the program ends before it has read everything, its exit code tells; that is no error here. */
async function feed(source: Readable, stdin: Writable): Promise<void> {
  try {
    await pipeline(source, stdin);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
