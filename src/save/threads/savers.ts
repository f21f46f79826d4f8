import { utimes, writeFile } from 'node:fs/promises';
import { setFileTime } from '../files/file-times.ts';
import { publish } from '../files/publish.ts';
import { SaverThread, stepFor, type WholeFile } from './saver-thread.ts';

/**
 * A run of so few files has no thread for them: starting one takes as long as saving hundreds, and the
 * run would wait for it.
 */
const FEW_FILES = 32;

/** As many files at a time, at most, as Node's own pool would save: a slow disk wants several. */
const MOST_THREADS = 4;

/** A thread that is behind by more than this, in ms, gets another one beside it. */
const TOO_FAR_BEHIND = 200;

/** What {@link Savers} go by. */
export interface SaverOptions {
  /** Whether each file is synced to the disk before it gets its name. */
  readonly durable: boolean;
  /** A clock in ms that never goes back. */
  readonly now?: (() => number) | undefined;
}

/** Saves whole, small files: on threads of their own, once there are many. */
export class Savers implements AsyncDisposable {
  readonly #durable: boolean;
  readonly #now: () => number;
  readonly #threads: SaverThread[] = [];
  #expected = 0;

  constructor({ durable, now = () => performance.now() }: SaverOptions) {
    this.#durable = durable;
    this.#now = now;
  }

  /** How many there are. */
  get threads(): number {
    return this.#threads.length;
  }

  /** There will be one more: the thread for them starts while their requests are waited for. */
  expect(): void {
    this.#expected++;
    if (this.#expected === FEW_FILES + 1) this.#start();
  }

  /**
   * @returns false when the name is taken; the temporary file is there then
   * @throws the file system's errors; a temporary file may be left then
   */
  async save(file: WholeFile): Promise<boolean> {
    const { temporary, destination } = file;
    const thread = this.#thread();
    if (thread === undefined) {
      await this.#writeHere(file);
      return await publish(temporary, destination);
    }
    try {
      await thread.save(file);
      if (stepFor(destination.replaces) !== 'none') return true;
    } catch (error) {
      if (!isOfNaming(error)) throw error;
      // It is written, and the short way to its name did not work.
    }
    return await publish(temporary, destination);
  }

  /** Waits until all is saved, and ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread[Symbol.asyncDispose]()));
  }

  /** The one with the least to do. @returns undefined while there is none */
  #thread(): SaverThread | undefined {
    const [only] = this.#threads;
    if (only === undefined) return undefined;
    // Nearly always, and for each file.
    if (this.#threads.length === 1 && only.isUp && only.behind <= TOO_FAR_BEHIND) return only;
    const running = this.#threads.filter((thread) => thread.isUp);
    const [first, ...others] = running;
    if (running.length === this.#threads.length && this.#areBehind(running)) this.#start();
    if (others.length === 0) return first;
    return running.reduce((least, other) => (other.pending < least.pending ? other : least));
  }

  #start(): void {
    this.#threads.push(new SaverThread({ durable: this.#durable, now: this.#now }));
  }

  #areBehind(threads: readonly SaverThread[]): boolean {
    if (threads.length === MOST_THREADS) return false;
    return threads.every((thread) => thread.behind > TOO_FAR_BEHIND);
  }

  async #writeHere({ temporary, pieces, time }: WholeFile): Promise<void> {
    const [only] = pieces;
    const body = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    await writeFile(temporary, body, { flag: 'wx', flush: this.#durable });
    if (time !== undefined) {
      await setFileTime({ utimes: (read, written) => utimes(temporary, read, written) }, time);
    }
  }
}

function isOfNaming(error: unknown): boolean {
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  return call === 'link' || call === 'rename';
}
