import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isListening } from './listening.ts';

/** Longest life, whatever becomes of the benchmark. */
const LIFETIME_SECONDS = 2 * 60 * 60;

/** ms until it has to listen. */
const LONGEST_START = 5_000;

export interface NginxProgram {
  /** The directory of the server: it exists, and has room for its log. */
  readonly root: string;
  readonly config: string;
  /** Where it listens when it has started. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly address?: string;
}

export interface RunningNginx extends AsyncDisposable {
  /** Of the process that the config's `pid` file names. */
  readonly pid: number;
}

/** Starts nginx in the foreground. @throws Error with what its log says, when it does not listen in time */
export async function runNginx({
  root,
  config,
  port,
  address,
}: NginxProgram): Promise<RunningNginx> {
  const path = join(root, 'nginx.conf');
  const log = join(root, 'error.log');
  await writeFile(path, config);
  // What timeout(1) is told it passes on, so that nginx ends its worker.
  const command = ['nginx', '-e', log, '-p', root, '-c', path];
  // What it complains of is in the log too.
  const child = spawn('timeout', [String(LIFETIME_SECONDS), ...command], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  if (await isListening(child, { port, address, longest: LONGEST_START })) {
    const pid = Number(await readFile(join(root, 'nginx.pid'), 'utf8'));
    return { pid, [Symbol.asyncDispose]: stop };
  }
  await stop();
  throw new Error(`nginx does not listen: ${await endOf(log)}`);
}

async function endOf(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => 'it has no log');
  return text.trim().split('\n').at(-1) ?? '';
}
