import { readFileSync, statSync } from 'node:fs';

/** How often a file is looked at, at most, in ms. */
const LOOK_EVERY = 1_000;

/** What a small file says, read again once it has changed. A file that is missing is empty. */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  readonly #now: () => number;
  #value: T | undefined;
  #version = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock in ms that never goes back */
  constructor(path: string, parse: (text: string) => T, now: () => number) {
    this.#path = path;
    this.#parse = parse;
    this.#now = now;
  }

  /** The contents, as they were a second ago or later. */
  get value(): T {
    const now = this.#now();
    if (this.#value === undefined || now - this.#lookedAt >= LOOK_EVERY) {
      this.#lookedAt = now;
      const version = this.#versionNow();
      if (this.#value === undefined || version !== this.#version) {
        this.#version = version;
        this.#value = this.#parse(this.#read());
      }
    }
    return this.#value as T;
  }

  #versionNow(): string {
    return textOf(() => {
      const { mtimeMs, size, ino } = statSync(this.#path);
      return `${mtimeMs} ${size} ${ino}`;
    });
  }

  #read(): string {
    return textOf(() => readFileSync(this.#path, 'utf8'));
  }
}

/** A file that cannot be read says as little as one that is missing: glibc makes no difference either. */
function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
