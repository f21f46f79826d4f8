import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { withoutProxies } from '../../bench/measure/without-proxies.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/flaghoist.js', import.meta.url));

/** Time limit of a run, in ms. */
const LIMIT = 60_000;

/** The properties of a line of `--json` that the checks use. */
interface OutcomeLine {
  readonly index: number;
  readonly url: string;
  readonly status: string;
  readonly reason: string | null;
  readonly httpStatus: number | null;
  readonly attempts: number;
}

/** The result of a run of the command. */
export interface Run {
  readonly exitCode: number | null;
  /** In the order of the list. */
  readonly outcomes: readonly OutcomeLine[];
  readonly errors: string;
}

/** A running command. */
export interface Running {
  readonly process: ChildProcess;
  readonly run: Promise<Run>;
}

/**
 * Starts `flaghoist get` as a user would.
 * @param list path for the list of the URLs
 */
export async function startCommand(
  urls: readonly string[],
  list: string,
  args: readonly string[],
): Promise<Running> {
  await writeFile(list, urls.map((url) => `${url}\n`).join(''));
  const child = spawn(process.execPath, [PROGRAM, 'get', '--json', '-i', list, ...args], {
    env: withoutProxies(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
  });
  return { process: child, run: ended(child) };
}

async function ended(
  child: ChildProcess & {
    readonly stdout: NodeJS.ReadableStream;
    readonly stderr: NodeJS.ReadableStream;
  },
): Promise<Run> {
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  const lines = output.split('\n').filter((line) => line !== '');
  const outcomes = lines
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'outcome')
    .sort((one, other) => one.index - other.index);
  return { exitCode, outcomes, errors };
}
