import type { ResponseHead } from '../../model/response.ts';
import type { Destination } from '../files/publish.ts';

/** The final name of one file. */
export interface Target {
  /** Whether the name is made of the file's SHA-256. */
  readonly needsDigest: boolean;
  /**
   * Where the file goes. Its directory is there then, and no other row has the name.
   * @param sha256 in hex; only where it {@link needsDigest}
   * @throws NameCollisionError, ExistingFileError, SkipError, BlockedPathError; the file system's errors
   */
  settle(
    head: ResponseHead | undefined,
    sha256: string | undefined,
  ): Destination | Promise<Destination>;
  /**
   * Where the file goes instead, as another program has put one into the place that {@link settle} gave.
   * @throws as {@link settle}
   */
  settleElsewhere(): Promise<Destination>;
  /** There will be no file: the name is free for another row. */
  release(): void;
}
