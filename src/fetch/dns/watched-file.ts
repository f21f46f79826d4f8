import { readFileSync, statSync } from 'node:fs';

/** How often a file is checked for changes, in ms. */
const LOOK_EVERY = 1_000;

/**
 * The parsed contents of a small file, read again when it changes. A file that is missing, or was
 * never readable, counts as empty, as for glibc.
 */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  readonly #now: () => number;
  #value: T | undefined;
  /** Identifies what was read last; undefined when the file could not be read. */
  #version: string | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock in ms that never goes back */
  constructor(path: string, parse: (text: string) => T, now: () => number) {
    this.#path = path;
    this.#parse = parse;
    this.#now = now;
  }

  /** The contents, at most a second old. */
  get value(): T {
    const now = this.#now();
    if (now - this.#lookedAt >= LOOK_EVERY) {
      this.#lookedAt = now;
      this.#look();
    }
    return this.#value as T;
  }

  #look(): void {
    try {
      const stats = statSync(this.#path, { throwIfNoEntry: false });
      const version = stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
      if (version === this.#version) return;
      this.#value = this.#parse(stats === undefined ? '' : readFileSync(this.#path, 'utf8'));
      this.#version = version;
    } catch {
      // Also when the system has no open file left (EMFILE): what was read before still counts.
      this.#value ??= this.#parse('');
      this.#version = undefined;
    }
  }
}
