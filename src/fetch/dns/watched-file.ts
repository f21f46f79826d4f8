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
  #current: { readonly value: T } | undefined;
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
    if (this.#current === undefined || now - this.#lookedAt >= LOOK_EVERY) {
      this.#lookedAt = now;
      this.#current = this.#read(this.#current);
    }
    return this.#current.value;
  }

  /** @returns `current` unless the file has changed */
  #read(current: { readonly value: T } | undefined): { readonly value: T } {
    try {
      const stats = statSync(this.#path, { throwIfNoEntry: false });
      const version = stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
      if (current !== undefined && version === this.#version) return current;
      const text = stats === undefined ? '' : readFileSync(this.#path, 'utf8');
      const value = this.#parse(text);
      this.#version = version;
      return { value };
    } catch {
      // Also when the system has no open file left (EMFILE): what was read before still counts.
      this.#version = undefined;
      return current ?? { value: this.#parse('') };
    }
  }
}
