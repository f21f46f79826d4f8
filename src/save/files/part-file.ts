import { constants, type FileHandle, lstat, open, readFile } from 'node:fs/promises';
import { errorCode } from '../../model/error-code.ts';
import type { Part, Validators } from '../../model/response.ts';
import { type PartFacts, removeIfThere, type StagingFile } from './staging-file.ts';
import { writeAt } from './write-at.ts';

/** A link is not followed. Windows has no such flag, and hardly any links. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const WRITE = constants.O_WRONLY | NO_FOLLOW;

/** What is written beside a part before its first byte. */
interface Sidecar extends PartFacts {
  /** 2 when it has a limit: those who know none must take the part for useless. */
  readonly version: 1 | 2;
  readonly url: string;
  /** How many bytes are good, from the first one on, when others were written beyond a gap. */
  readonly good?: number | undefined;
}

/**
 * The first bytes of a file, where a later run finds them: `KEY.part`, and beside it `KEY.json`,
 * which says of which version they are. The order of writes makes a kill harmless at any moment:
 *
 * 1. the part is emptied, 2. the sidecar is written, 3. bytes are appended to the part.
 *
 * Where bytes are to be written beyond a gap, the sidecar says first how many there are before it;
 * it is written over in one go then, and never cut, so that it is readable at any moment.
 *
 * So bytes in a part belong to the version that a readable sidecar names; a part without one, or
 * with an unreadable one, is of no use, and is seen to be. So is one of which the part or the sidecar has
 * another name (a hard link): what is written to it would be written to the file of that name. Nothing is synced to the disk: a kill
 * loses nothing that was written, but after a power cut a part may hold what was never sent. Only a
 * checksum finds that; asking the disk to sync each piece would slow down every run for it.
 */
export class PartFile implements StagingFile {
  readonly path: string;
  readonly lasting = true;
  readonly #sidecar: string;
  readonly #url: string;
  readonly #onEnd: (isLeft: boolean) => void;
  #left: Part | undefined;
  /** Of the version that the part is of. */
  #facts: PartFacts = {};
  #isLimited = false;
  /** How many bytes the sidecar has, at most. */
  #sidecarBytes = 0;

  /**
   * @param stem the path without its extension
   * @param url without user and password: it is written down
   * @param onEnd called once the draft has done with it: whether there is a part then
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

  /** Looks for what an earlier run left. @throws the file system's errors, but not for a useless part */
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
      // Gone since the run began: so it is of no use.
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
    // The sidecar last: without its part it is seen to be of no use.
    await removeIfThere(this.path);
    await removeIfThere(this.#sidecar);
    this.#onEnd(false);
  }

  /** Cuts off what is beyond the first `bytes`; then all that is there is good. */
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

/** Whether a server can be asked to go on from a part of this version (RFC 9110 section 13.1.5). */
export function canGoOn({ etag, lastModified }: Validators): boolean {
  return (etag !== undefined && !etag.startsWith('W/')) || lastModified !== undefined;
}

/**
 * A part that has all of its file already was killed just before it got its name. There is no range
 * to ask for; its last byte is asked for again, and with it whether it is still the same file.
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

/** What a sidecar says, and how. */
interface SidecarRead extends PartFacts {
  readonly good: number | undefined;
  readonly text: string;
}

/** @returns undefined when it is of no use: a kill cut it short, or it is of another URL */
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
