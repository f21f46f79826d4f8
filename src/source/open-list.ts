import { close, constants, createReadStream, fstat, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream as TerminalStream } from 'node:tty';
import { promisify } from 'node:util';
import { ListError } from './list-error.ts';
import { whyUnreadable } from './why-unreadable.ts';

/**
 * The bytes of the file at `path`, which may also be a named pipe or a terminal. Destroying the
 * stream closes it.
 * @throws ListError when it cannot be opened, or is a directory
 */
export async function openList(path: string): Promise<Readable> {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to yet hangs, and nothing can end that.
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

async function streamOf(fd: number, path: string): Promise<Readable> {
  const about = await promisify(fstat)(fd);
  if (about.isDirectory()) throw new ListError(path, 'is a directory, not a list');
  // A file's read cannot be interrupted, and that of a pipe or a terminal may last for ever.
  if (about.isFIFO()) return new Socket({ fd, readable: true, writable: false });
  if (isatty(fd)) return new TerminalStream(fd);
  return createReadStream(path, { fd });
}
