import { messageOf } from '../../model/failure.ts';
import { EXIT } from '../exit-code.ts';

/** The reader is gone: `| head -1`, or the terminal was closed. */
const READER_GONE: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * Decides what happens when output cannot be written. When its reader is gone, the run goes on, since
 * the downloads are worth more than the lines about them. A full disk below a redirected stdout ends
 * the process: nothing would say any more what was done. The ledger knows, and the same command goes
 * on from there.
 */
export function handleOutputErrors(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (READER_GONE.has(error.code)) return;
    process.stderr.write(`flaghoist: cannot write the output: ${messageOf(error)}\n`);
    process.exit(EXIT.broken);
  });
  // An error of stderr can be reported nowhere.
  process.stderr.on('error', () => {});
}

/** For `--silent`: whatever a part of the command says, the exit code is all that is seen. */
export function silenceStderr(): void {
  process.stderr.write = () => true;
}

/** Events that end the wait: the output was read, or can no longer be written. */
const ENDS = ['drain', 'error', 'close'] as const;

/**
 * Waits until the reader of stdout has taken what was printed. Without it, all lines of a run would
 * pile up in memory behind a pipe that is not read.
 * @param stopped ends the wait; the lines stay in memory then
 * @returns undefined when there is nothing to wait for
 */
export function stdoutDrained(stopped: AbortSignal): Promise<void> | undefined {
  const { stdout } = process;
  if (!stdout.writableNeedDrain || stdout.errored !== null || stopped.aborted) return undefined;
  return new Promise((resolve) => {
    const end = () => {
      for (const event of ENDS) stdout.off(event, end);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    for (const event of ENDS) stdout.on(event, end);
    stopped.addEventListener('abort', end);
  });
}
