import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { errorCode } from '../../model/error-code.ts';
import { messageOf } from '../../model/error-words.ts';
import { EXIT } from '../command.ts';

/** The reader is gone: `| head -1`, or the terminal was closed. */
const READER_GONE: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * Decides what happens when output cannot be written. When its reader is gone, the run goes on, since
 * the downloads are worth more than the lines about them. A full disk below a redirected stdout ends
 * the process, since nothing could report any more what was done. The ledger has it, and the same command
 * goes on from there.
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

/** Watches for the end of stdout's reader: with it, a command that only prints has nothing left to do. */
export function watchReader(): { readonly gone: AbortSignal } & Disposable {
  const controller = new AbortController();
  const onError = (): void => controller.abort();
  process.stdout.on('error', onError);
  return {
    gone: controller.signal,
    [Symbol.dispose]: () => void process.stdout.off('error', onError),
  };
}

/** For `--silent`: nothing is printed on stderr, and the exit code alone tells the result. */
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

/** Text, or bytes. */
type Piece = string | Uint8Array;
type Pieces = AsyncIterable<Piece> | Iterable<Piece>;

/**
 * Writes pieces of text or bytes one by one, at the pace of their reader: a table of 20 million rows fits into
 * no string. A file is written under another name and renamed, so it is whole or as it was before.
 *
 * @param file stdout when undefined, or `-`
 * @throws whatever the pieces throw; BrokenRunError when the file cannot be written. A reader of stdout
 *   that goes away, as in `| head`, is not an error
 */
export async function writeOutput(pieces: Pieces, file: string | undefined): Promise<void> {
  if (file === undefined || file === '-') return await writeStdout(pieces);
  let read: unknown;
  const kept = watched(pieces, (error) => {
    read = error;
  });
  try {
    await writeFile(kept, file);
  } catch (cause) {
    // An error of the pieces has its own message.
    if (read !== undefined) throw read;
    // Its message names the draft, not the file that the user asked for.
    const message = messageOf(cause).replace(/: [^:;]*\.tmp(?=;|$)/, '');
    throw new BrokenRunError(`cannot write ${file}: ${message}`, { cause });
  }
}

async function writeStdout(pieces: Pieces): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), process.stdout, { end: false });
  } catch (error) {
    if (errorCode(error) !== 'EPIPE') throw error;
  }
}

async function writeFile(pieces: AsyncIterable<Piece>, file: string): Promise<void> {
  const target = await targetOf(file);
  // /dev/null, or a pipe: it must not be replaced by a file.
  if (!target.isFile) return await pipeline(Readable.from(pieces), createWriteStream(target.path));
  const draft = `${target.path}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await pipeline(Readable.from(pieces), createWriteStream(draft, { flags: 'wx' }));
    await rename(draft, target.path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** The target of a link; a file when one is there, or nothing yet. */
async function targetOf(file: string): Promise<{ path: string; isFile: boolean }> {
  try {
    return { path: await realpath(file), isFile: (await stat(file)).isFile() };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return { path: file, isFile: true };
    }
    throw error;
  }
}

async function* watched(
  pieces: Pieces,
  onError: (error: unknown) => void,
): AsyncGenerator<Piece, void> {
  try {
    yield* pieces;
  } catch (error) {
    onError(error);
    throw error;
  }
}
