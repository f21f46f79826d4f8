import { utimes, writeFile } from 'node:fs/promises';
import { giveBack } from '../files/body-memory.ts';
import { namingStep, publish } from '../files/publish.ts';
import { setFileTime } from '../files/staging-file.ts';
import { syscallOf } from './saver-messages.ts';
import { SaverThread, type WholeFile } from './saver-thread.ts';

/** A run of so few files starts no thread: starting one takes as long as saving hundreds of files. */
const FEW_FILES = 32;

/** As many as Node's thread pool has: a slow disk is faster with several files at a time. */
const MOST_THREADS = 4;

/** When every thread is behind by more than this, in ms, another one is started. */
const TOO_FAR_BEHIND = 200;

/** Options of {@link Savers}. */
export interface SaverOptions {
  /** Whether each file is synced to the disk before it gets its name. */
  readonly durable: boolean;
  /**
   * A monotonic clock in ms.
   * @default performance.now
   */
  readonly now?: (() => number) | undefined;
}

/** Saves complete, small files: on threads of their own once there are many. */
export class Savers implements AsyncDisposable {
  readonly #durable: boolean;
  readonly #now: () => number;
  readonly #threads: SaverThread[] = [];
  #expected = 0;

  constructor({ durable, now = () => performance.now() }: SaverOptions) {
    this.#durable = durable;
    this.#now = now;
  }

  /** How many threads there are. */
  get threads(): number {
    return this.#threads.length;
  }

  /** Announces a file, so that the first thread starts while requests are still under way. */
  expect(): void {
    this.#expected++;
    if (this.#expected === FEW_FILES + 1) this.#start();
  }

  /**
   * Writes a file, and gives it its name.
   * @returns false when the name is taken; the temporary file then remains
   * @throws the file system's errors; a temporary file may then remain
   */
  async save(file: WholeFile): Promise<boolean> {
    const { temporary, destination } = file;
    const thread = this.#thread();
    if (thread === undefined) {
      await this.#writeHere(file);
      giveBack(file.pieces);
      return await publish(temporary, destination);
    }
    try {
      const saving = thread.save(file);
      // The thread has a copy.
      giveBack(file.pieces);
      await saving;
      if (namingStep(destination.replaces) !== 'examine') return true;
    } catch (error) {
      if (!isNamingError(error)) throw error;
      // The file is written, and only the thread's one attempt to name it failed.
    }
    return await publish(temporary, destination);
  }

  /** Waits until all files are saved, and ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread[Symbol.asyncDispose]()));
  }

  /** The thread with the fewest files to save. @returns undefined while none is running */
  #thread(): SaverThread | undefined {
    const [only] = this.#threads;
    if (only === undefined) return undefined;
    // The usual case, taken for each file.
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

/** Whether naming the file failed, and not writing it. */
function isNamingError(error: unknown): boolean {
  const syscall = syscallOf(error);
  return syscall === 'link' || syscall === 'rename';
}
