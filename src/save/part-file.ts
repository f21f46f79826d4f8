import { constants, type FileHandle, open, readFile, stat } from 'node:fs/promises';
import type { Part, Validators } from '../model/response.ts';
import { type PartFacts, removeIfThere, type Scratch } from './scratch.ts';

/** A link is not followed. Windows has no such flag, and hardly any links. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const APPEND = constants.O_WRONLY | constants.O_APPEND | NO_FOLLOW;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | NO_FOLLOW;

/** What is written beside a part before its first byte. */
interface Sidecar extends PartFacts {
  readonly version: 1;
  readonly url: string;
}

/**
 * The first bytes of a file, where a later run finds them: `KEY.part`, and beside it `KEY.json`,
 * which says of which version they are. The order of writes makes a kill harmless at any moment:
 *
 * 1. the part is emptied, 2. the sidecar is written, 3. bytes are appended to the part.
 *
 * So bytes in a part belong to the version that a readable sidecar names; a part without one, or
 * with an unreadable one, is of no use, and is seen to be. Nothing is synced to the disk: a kill
 * loses nothing that was written, but after a power cut a part may hold what was never sent. Only a
 * checksum finds that; asking the disk to sync each piece would slow down every run for it.
 */
export class PartFile implements Scratch {
  readonly path: string;
  readonly lasting = true;
  readonly #sidecar: string;
  readonly #url: string;
  readonly #onEnd: (isLeft: boolean) => void;
  #left: Part | undefined;

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
      const facts = await readSidecar(this.#sidecar, this.#url);
      if (facts === undefined) return;
      const bytes = usableBytes((await stat(this.path)).size, facts.length);
      if (bytes === 0) return;
      this.#left = { bytes, etag: facts.etag, lastModified: facts.lastModified };
    } catch (error) {
      // Gone since the run began: so it is of no use.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }

  async open(offset: number, facts: PartFacts): Promise<FileHandle> {
    if (offset > 0) {
      const file = await open(this.path, APPEND);
      await closedOnFailure(file, file.truncate(offset));
      return file;
    }
    await removeIfThere(this.path);
    const file = await open(this.path, 'ax');
    await closedOnFailure(file, this.#describe(facts));
    return file;
  }

  async restart(file: FileHandle, facts: PartFacts): Promise<void> {
    await file.truncate(0);
    await this.#describe(facts);
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

  async #describe({ etag, lastModified, length }: PartFacts): Promise<void> {
    const sidecar: Sidecar = { version: 1, url: this.#url, etag, lastModified, length };
    await using file = await open(this.#sidecar, CREATE);
    await file.writeFile(JSON.stringify(sidecar));
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

/** @returns undefined when it is of no use: a kill cut it short, or it is of another URL */
async function readSidecar(path: string, url: string): Promise<PartFacts | undefined> {
  const text = await readFile(path, 'utf8');
  try {
    const sidecar: Partial<Sidecar> = JSON.parse(text);
    if (sidecar.version !== 1 || sidecar.url !== url) return undefined;
    const { etag, lastModified, length } = sidecar;
    if (![etag, lastModified].every((it) => it === undefined || typeof it === 'string'))
      return undefined;
    if (length !== undefined && typeof length !== 'number') return undefined;
    return canGoOn(sidecar) ? { etag, lastModified, length } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
