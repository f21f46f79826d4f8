import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ParquetError } from './parquet-error.ts';

/** A file that is read at any place. */
export class RandomFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  /** In bytes, when it was opened. */
  readonly size: number;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** @throws the file system's errors */
  static async open(path: string): Promise<RandomFile> {
    return await RandomFile.of(await open(path, constants.O_RDONLY));
  }

  /** Takes an open file. It is closed if it cannot be read. */
  static async of(handle: FileHandle): Promise<RandomFile> {
    try {
      const { size } = await handle.stat();
      return new RandomFile(handle, size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * @returns exactly `length` bytes
   * @throws ParquetError if the file ends before; the file system's errors
   */
  async read(start: number, length: number): Promise<Buffer<ArrayBuffer>> {
    if (start < 0 || length < 0 || start + length > this.size) {
      throw new ParquetError(
        `its footer points to byte ${start + length}, and the file has ${this.size}: it is damaged, or cut off`,
      );
    }
    const buffer = Buffer.alloc(length);
    for (let read = 0; read < length; ) {
      const { bytesRead } = await this.#handle.read(buffer, read, length - read, start + read);
      if (bytesRead === 0) throw new ParquetError('the file became shorter while it was read');
      read += bytesRead;
    }
    return buffer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}
