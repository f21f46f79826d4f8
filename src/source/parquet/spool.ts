import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../model/error-words.ts';
import { ParquetError } from './parquet-error.ts';
import { RandomFile } from './random-file.ts';

/** The most bytes of a pipe that are kept. */
const MOST_SPOOLED = 16 * 1024 ** 3;

/**
 * Keeps what comes from a pipe in a temporary file: a Parquet file has its table of contents at the end.
 * The file has no name once it is open, so it goes away with the process, however that ends.
 *
 * @returns the file, for the caller to close
 * @throws ParquetError if it is too long, or cannot be written; the errors of `chunks`
 */
export async function spool(
  chunks: AsyncIterable<Buffer>,
  directory: string = tmpdir(),
  most: number = MOST_SPOOLED,
): Promise<RandomFile> {
  const handle = await opened(join(directory, `flaghoist-${randomBytes(8).toString('hex')}.tmp`));
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > most) {
        throw new ParquetError(`comes from a pipe, and has more than ${most} bytes: ${INSTEAD}`);
      }
      await writing(() => handle.writeFile(chunk));
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return await RandomFile.of(handle);

  async function opened(path: string) {
    return await writing(async () => {
      const file = await open(path, 'wx+', 0o600);
      await rm(path, { force: true });
      return file;
    });
  }

  async function writing<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (cause) {
      const where = `comes from a pipe, and cannot be kept in ${directory}`;
      throw new ParquetError(`${where}: ${messageOf(cause)}: ${INSTEAD}`, { cause });
    }
  }
}

const INSTEAD = 'save it to a file, and give its name (TMPDIR chooses where such files go)';
