import type { ResponseHead } from '../model/response.ts';

/** The final name of one file. */
export interface Target {
  /**
   * What to call a temporary file of it; the name itself where it is known already.
   */
  readonly hint: string;
  /** Whether the name is made of the file's SHA-256. */
  readonly needsDigest: boolean;
  /**
   * Where the file goes. Its directory is there then, and the name is the row's alone.
   * @param sha256 in hex; only where it {@link needsDigest}
   * @throws NameCollisionError, ExistingFileError, SkipError, BlockedPathError; the file system's errors
   */
  settle(head: ResponseHead | undefined, sha256: string | undefined): string | Promise<string>;
  /** There will be no file: the name is free for another row. */
  release(): void;
}
