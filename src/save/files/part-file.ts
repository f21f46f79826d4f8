import { constants, type FileHandle, lstat, open, readFile } from 'node:fs/promises';
import { errorCode } from '../../model/error-code.ts';
import type { Part, Validators } from '../../model/response.ts';
import { writeAt } from './buffered-writer.ts';
import { type PartFacts, removeIfThere, type StagingFile } from './staging-file.ts';

/** Does not follow a link. Windows has no such flag, and hardly any links. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const WRITE = constants.O_WRONLY | NO_FOLLOW;

/** The description that is written beside a part before its first byte. */
interface Sidecar extends PartFacts {
  /** 2 if it has `good`: a release that does not know that field must not use the part. */
  readonly version: 1 | 2;
  readonly url: string;
  /** How many bytes from the start are good, if others were written beyond a gap. */
  readonly good?: number | undefined;
}

/**
 * The first bytes of a file, kept for a later run: `KEY.part`, and beside it the sidecar `KEY.json`, which
 * says which version they belong to. The order of writes makes a kill harmless at any moment:
 *
 * 1. the part is emptied, 2. the sidecar is written, 3. bytes are appended to the part.
 *
 * Before bytes are written beyond a gap, the sidecar records how many there are before it. It is then
 * overwritten with one write and never truncated, so it is readable at any moment.
 *
 * The bytes of a part therefore belong to the version that its sidecar names. A part without a readable
 * sidecar is not used. Neither is a part if it or its sidecar has a second name (a hard link): a write
 * would change the file of that name. Nothing is synced to the disk. A kill loses nothing that was
 * written, but after a power cut a part may contain bytes that were never sent. Only a checksum finds
 * that; syncing each write would slow down every run for it.
 */
export class PartFile implements StagingFile {
  readonly path: string;
  readonly lasting = true;
  readonly #sidecar: string;
  readonly #url: string;
  readonly #onEnd: (isLeft: boolean) => void;
  #left: Part | undefined;
  /** The facts of the part's version. */
  #facts: PartFacts = {};
  #isLimited = false;
  /** The greatest length that the sidecar may have, in bytes. */
  #sidecarBytes = 0;

  /**
   * @param stem the path without its extension
   * @param url what identifies the row: its key, or its URL without user and password, since it is stored
   * @param onEnd called when the draft is done with it, with whether there is still a part
   */
  constructor(stem: string, url: string, onEnd: (isLeft: boolean) => void) {
    this.path = `${stem}.part`;
    this.#sidecar = `${stem}.json`;
    this.#url = url;
    this.#onEnd = onEnd;
  }

  get left(): Part | undefined {
    return this.#left;
  }

  /** Looks for what an earlier run left. A useless part is ignored. @throws the file system's errors */
  async find(): Promise<void> {
    try {
      const sidecar = await readSidecar(this.#sidecar, this.#url);
      const there = await lstat(this.path);
      const names = [there.nlink, (await lstat(this.#sidecar)).nlink];
      if (sidecar === undefined || names.some((count) => count > 1)) return;
      const { good, text, ...facts } = sidecar;
      const size = Math.min(there.size, good ?? Number.POSITIVE_INFINITY);
      const bytes = usableBytes(size, facts.length);
      if (bytes === 0) return;
      this.#facts = facts;
      this.#isLimited = good !== undefined;
      this.#sidecarBytes = Buffer.byteLength(text);
      this.#left = { bytes, ...facts };
    } catch (error) {
      // Removed since the run began.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }

  async open(offset: number, facts: PartFacts): Promise<FileHandle> {
    if (offset > 0) {
      const file = await open(this.path, WRITE);
      await closedOnFailure(file, this.#cut(file, offset));
      return file;
    }
    await removeIfThere(this.path);
    const file = await open(this.path, 'wx');
    await closedOnFailure(file, this.#describe(facts));
    return file;
  }

  async restart(file: FileHandle, facts: PartFacts): Promise<void> {
    await file.truncate(0);
    await this.#describe(facts);
  }

  async limit(good: number | undefined): Promise<void> {
    this.#isLimited = good !== undefined;
    const text = Buffer.from(this.#sidecarText(good));
    const padding = Buffer.alloc(Math.max(0, this.#sidecarBytes - text.byteLength), ' ');
    const data = Buffer.concat([text, padding]);
    this.#sidecarBytes = data.byteLength;
    await using file = await open(this.#sidecar, WRITE);
    await writeAt(file, data, 0);
  }

  keep(): void {
    this.#onEnd(true);
  }

  async moved(): Promise<void> {
    await removeIfThere(this.#sidecar);
    this.#onEnd(false);
  }

  async remove(): Promise<void> {
    // The sidecar last: it is ignored without its part.
    await removeIfThere(this.path);
    await removeIfThere(this.#sidecar);
    this.#onEnd(false);
  }

  /** Cuts off what follows the first `bytes`, so that all the rest is good. */
  async #cut(file: FileHandle, bytes: number): Promise<void> {
    await file.truncate(bytes);
    if (this.#isLimited) await this.limit(undefined);
  }

  async #describe({ etag, lastModified, length }: PartFacts): Promise<void> {
    this.#facts = { etag, lastModified, length };
    this.#isLimited = false;
    const text = this.#sidecarText(undefined);
    this.#sidecarBytes = Buffer.byteLength(text);
    await removeIfThere(this.#sidecar);
    await using file = await open(this.#sidecar, 'wx');
    await file.writeFile(text);
  }

  #sidecarText(good: number | undefined): string {
    const version = good === undefined ? 1 : 2;
    const sidecar: Sidecar = { version, url: this.#url, ...this.#facts, good };
    return JSON.stringify(sidecar);
  }
}

/** Whether a request can go on from a part of this version (If-Range, RFC 9110 section 13.1.5). */
export function canGoOn({ etag, lastModified }: Validators): boolean {
  return (etag !== undefined && !etag.startsWith('W/')) || lastModified !== undefined;
}

/**
 * A run may be killed when a part is complete, before it gets its name. There would be no range left to
 * request, so its last byte is requested again: the answer says whether the file is still the same.
 */
function usableBytes(size: number, length: number | undefined): number {
  if (length === undefined || size < length) return size;
  return size === length ? length - 1 : 0;
}

async function closedOnFailure(file: FileHandle, step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The contents of a sidecar, and its text. */
interface SidecarRead extends PartFacts {
  readonly good: number | undefined;
  readonly text: string;
}

/** @returns undefined when it is unusable: cut short by a kill, or of another URL */
async function readSidecar(path: string, url: string): Promise<SidecarRead | undefined> {
  const text = await readFile(path, 'utf8');
  try {
    const sidecar: Partial<Sidecar> = JSON.parse(text);
    if ((sidecar.version !== 1 && sidecar.version !== 2) || sidecar.url !== url) return undefined;
    const { etag, lastModified, length, good } = sidecar;
    if (![etag, lastModified].every((it) => it === undefined || typeof it === 'string'))
      return undefined;
    if (![length, good].every((it) => it === undefined || typeof it === 'number')) return undefined;
    if (sidecar.version === 2 && good === undefined) return undefined;
    return canGoOn(sidecar) ? { etag, lastModified, length, good, text } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
