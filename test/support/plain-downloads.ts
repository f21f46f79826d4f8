import { readdir } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { download } from '../../src/download.ts';
import type { DownloadOptions } from '../../src/download-options.ts';
import type { Row } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export type DownloadsOptions = Omit<DownloadOptions, 'directory'>;

/** Downloads into a directory of the test's own. */
export async function downloadsInto(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const list = () => readdir(directory);
  const start = (rows: Iterable<Row> | AsyncIterable<Row>, options: DownloadsOptions = {}) =>
    download(rows, { directory, ...options });
  return { directory, list, start };
}

/** Endless rows that count how many were read, and record whether they were closed. */
export class EndlessRows {
  pulled = 0;
  closed = false;
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  *[Symbol.iterator](): Generator<string> {
    try {
      for (;;) yield `${this.#base}/${this.pulled++}`;
    } finally {
      this.closed = true;
    }
  }

  async *asynchronously(): AsyncGenerator<string> {
    yield* this;
  }
}

/** The last segment of the URL of a row. */
export function nameOf({ item }: Outcome): string {
  return item.url.slice(item.url.lastIndexOf('/') + 1);
}
