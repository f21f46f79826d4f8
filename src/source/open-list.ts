import { close, constants, createReadStream, fstat, open } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream as TerminalStream } from 'node:tty';
import { promisify } from 'node:util';
import { formatOf, type ListFormat } from './formats/list-format.ts';
import { ListError, whyUnreadable } from './list-error.ts';
import { listFiles } from './list-files.ts';

/**
 * The bytes of a list. Destroying the stream closes it.
 * @param path a file, a named pipe or a terminal; `-` for `stdin`
 * @throws ListError if the list cannot be opened, is a directory, or is a stdin that has been read
 */
export async function openList(path: string, stdin: Readable | undefined): Promise<Readable> {
  if (path === '-') return checkStdin(stdin);
  try {
    // Without O_NONBLOCK, opening a named pipe hangs until another process writes to it, and the
    // wait cannot be interrupted.
    const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await streamOf(fd, path);
    } catch (error) {
      await promisify(close)(fd);
      throw error;
    }
  } catch (error) {
    if (error instanceof ListError) throw error;
    throw new ListError(path, whyUnreadable(error), { cause: error });
  }
}

/**
 * Finds out before a run whether a list is there, can be opened, and is not a Parquet file that was cut off; of a
 * directory, all lists in it.
 * @param format that of the lists, where it is given
 * @throws ListError
 */
export async function checkList(path: string, format?: ListFormat): Promise<void> {
  if (path === '-') return;
  for (const file of await listFiles(path, { format })) {
    try {
      const stats = await stat(file);
      if (stats.isDirectory()) throw new ListError(file, 'is a directory, not a list');
      await access(file, constants.R_OK);
      if (stats.isFile() && (format ?? formatOf(file)) === 'parquet') {
        const { checkParquetEnd } = await import('./parquet/parquet-list.ts');
        await checkParquetEnd(file);
      }
    } catch (error) {
      if (error instanceof ListError) throw error;
      throw new ListError(file, whyUnreadable(error), { cause: error });
    }
  }
}

function checkStdin(stdin: Readable | undefined): Readable {
  if (stdin === undefined)
    throw new ListError('stdin', 'was not given: set the option stdin to a stream');
  if (stdin.errored) throw new ListError('stdin', whyUnreadable(stdin.errored));
  if (stdin.destroyed || stdin.readableEnded) throw new ListError('stdin', 'has been read already');
  return stdin;
}

async function streamOf(fd: number, path: string): Promise<Readable> {
  const about = await promisify(fstat)(fd);
  if (about.isDirectory()) throw new ListError(path, 'is a directory, not a list');
  // A file stream's read cannot be interrupted, and that of a pipe or a terminal may last forever.
  if (about.isFIFO()) return new Socket({ fd, readable: true, writable: false });
  if (isatty(fd)) return new TerminalStream(fd);
  return createReadStream(path, { fd });
}
