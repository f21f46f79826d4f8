import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { sleep } from '../concurrency/index.ts';
import { EXIT, EXIT_OF_SIGNAL } from './command.ts';
import { watchForInterruption } from './interruption.ts';

/** How soon a worker that was killed gets a successor, in ms. */
const AGAIN_AFTER = 1_000;

/** How many successors a process may have: the same cause may kill each of them. */
const MOST_SUCCESSORS = 10;

/** How many processes `auto` is. */
export function availableProcesses(): number {
  return availableParallelism();
}

/**
 * Runs this command again in several processes, and waits for them. A process that is killed, as by the
 * system when memory runs out, gets a successor. Signals go to all of them.
 * @param args the command line; `--processes` in it does not count for the processes
 * @param environment added to theirs
 * @returns the exit code: that of the signal, or the largest one of theirs
 */
export async function runProcesses(
  count: number,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  using interruption = watchForInterruption();
  const running = new Set<ChildProcess>();
  interruption.aborted.addEventListener('abort', () => {
    for (const child of running) child.kill(interruption.signal);
  });
  const codes = await Promise.all(
    Array.from({ length: count }, async () => {
      for (let successors = 0; ; successors++) {
        const child = start(args, environment);
        running.add(child);
        const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
        running.delete(child);
        if (code !== null) return code;
        if (interruption.signal !== undefined || successors === MOST_SUCCESSORS) return EXIT.broken;
        process.stderr.write(`flaghoist: a worker was killed by ${signal}; another one starts\n`);
        await sleep(AGAIN_AFTER);
      }
    }),
  );
  const { signal } = interruption;
  return (signal && EXIT_OF_SIGNAL[signal]) ?? Math.max(...codes);
}

function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  const own = [...withoutDatabase(args), '--processes', '1', '--is-part'];
  const program = process.argv[1] ?? '';
  return spawn(process.execPath, [...process.execArgv, program, ...own], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
}

/** The URL of the database may have a password, so it goes by the environment. */
function withoutDatabase(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--database') at++;
    else if (!arg.startsWith('--database=')) kept.push(arg);
  }
  return kept;
}
