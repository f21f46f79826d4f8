import type { FileHandle } from 'node:fs/promises';

/**
 * Writes all of `data`, however many writes it takes.
 * @param position in the file, in bytes
 * @throws the file system's errors
 */
export async function writeAt(file: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.byteLength; ) {
    const left = data.byteLength - done;
    done += (await file.write(data, done, left, position + done)).bytesWritten;
  }
}

/**
 * Writes the pieces one after another, in one write if the system takes them all.
 * @param position of the first piece in the file, in bytes
 * @throws the file system's errors
 */
export async function writeAllAt(
  file: FileHandle,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<void> {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return writeAt(file, only, position);
  let { bytesWritten: done } = await file.writev([...pieces], position);
  let end = position;
  for (const piece of pieces) {
    const there = Math.min(done, piece.byteLength);
    if (there < piece.byteLength) await writeAt(file, piece.subarray(there), end + there);
    done -= there;
    end += piece.byteLength;
  }
}
