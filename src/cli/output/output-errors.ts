import { messageOf } from '../../model/failure.ts';
import { EXIT } from '../exit-code.ts';

/** Whoever read has gone: `| head -1`; the terminal was closed. */
const GONE: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * What happens when something cannot be printed. With nobody to read it the run goes on: what is
 * downloaded is worth more than the lines about it. A file that it was to be in and that is full ends the
 * process, as nothing says any more what is done; the ledger knows, and the same command goes on.
 */
export function handleOutputErrors(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (GONE.has(error.code)) return;
    process.stderr.write(`flaghoist: cannot write the output: ${messageOf(error)}\n`);
    process.exit(EXIT.broken);
  });
  // Without stderr there is no place left to say so.
  process.stderr.on('error', () => {});
}
