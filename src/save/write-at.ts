import type { FileHandle } from 'node:fs/promises';

/** Writes all of `data` at `position`, in bytes from the file's beginning. @throws the file system's errors */
export async function writeAt(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.byteLength; ) {
    const left = data.byteLength - done;
    done += (await file.write(data, done, left, position + done)).bytesWritten;
  }
}

/** Writes the pieces one behind the other. @throws the file system's errors */
export async function writeAllAt(
  file: FileHandle,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let end = position;
  for (const piece of pieces) {
    await writeAt(file, piece, end);
    end += piece.byteLength;
  }
}
