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
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return writeAt(file, only, position);
  // In one go; it is rare that something is left of that.
  let { bytesWritten: done } = await file.writev(pieces as Uint8Array[], position);
  let end = position;
  for (const piece of pieces) {
    const there = Math.min(done, piece.byteLength);
    if (there < piece.byteLength) await writeAt(file, piece.subarray(there), end + there);
    done -= there;
    end += piece.byteLength;
  }
}
