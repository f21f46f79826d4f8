import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BadValue } from './bad-value.ts';
import { expandPattern } from './expand-pattern.ts';
import type { RowInput, UrlOptions } from './join-rows.ts';
import { listFiles } from './list-files.ts';
import { fileBatches, isParquetFile, type ListOptions } from './read-list.ts';

/** Counting begins so long after the run, in ms: its first requests go first. */
const HEAD_START = 100;

/** Counting takes at most one part in so many of the time, since the run needs the thread, too. */
const SHARE = 2;

/** How often is looked whether a list has changed since it was counted, in ms. */
const LOOK_EVERY = 1_000;

/** A list as it was when it was counted. */
interface Counted {
  readonly path: string;
  readonly version: string;
}

/**
 * Counts the rows of lists beside a run that reads them: the same bytes by the same rules, a chunk at a
 * time. Lists that are no regular files, such as stdin and named pipes, can be read once only, so they
 * have no count. A list that changes has none either, and one that cannot be read to its end.
 */
export class RowCount implements Disposable {
  readonly #inputs: readonly RowInput[];
  readonly #expands: boolean;
  readonly #stopping = new AbortController();
  readonly #lists: Counted[] = [];
  #rows: number | undefined;
  #watch: NodeJS.Timeout | undefined;

  /** It is known at once for inputs without a list. */
  constructor(inputs: readonly RowInput[], { expand = false }: UrlOptions = {}) {
    this.#inputs = inputs;
    this.#expands = expand;
    if (inputs.every((input) => 'url' in input)) this.#rows = this.#urls();
  }

  /** The number of rows; undefined while it is not known. */
  get rows(): number | undefined {
    return this.#rows;
  }

  /**
   * Counts, unless the number is known or cannot be. It ends with the disposal.
   * @returns a promise that is fulfilled once it is done
   */
  async start(): Promise<void> {
    const hasStdin = this.#inputs.some((input) => 'path' in input && input.path === '-');
    if (this.#rows !== undefined || hasStdin) return;
    try {
      await this.#count();
    } catch {
      // It was stopped; or a list cannot be read, which the run finds too, and reports.
    }
  }

  async #count(): Promise<void> {
    const { signal } = this.#stopping;
    await delay(HEAD_START, undefined, { signal, ref: false });
    let rows = this.#urls();
    for (const input of this.#inputs) {
      if ('url' in input) continue;
      for (const path of await listFiles(input.path, { format: input.format })) {
        const version = await versionOf(path);
        if (version === undefined) return;
        rows += await this.#rowsOf({ ...input, path }, signal);
        this.#lists.push({ path, version });
      }
    }
    if (signal.aborted || (await this.#hasChanged())) return;
    this.#rows = rows;
    this.#watch = setInterval(() => void this.#look(), LOOK_EVERY).unref();
  }

  #urls(): number {
    const urls = this.#inputs.flatMap((input) => ('url' in input ? [input.url] : []));
    return urls.reduce((sum, url) => sum + (this.#expands ? countOf(url) : 1), 0);
  }

  async #rowsOf(list: ListOptions, signal: AbortSignal): Promise<number> {
    if (await isParquetFile(list)) {
      const { parquetRowCount } = await import('./parquet/parquet-list.ts');
      return await parquetRowCount(list.path);
    }
    let rows = 0;
    // The run itself warns, and stops at the first bad row if it is strict.
    const input = { ...list, strict: false, onWarning: undefined };
    for await (const batch of fileBatches(input, signal)) {
      const begun = performance.now();
      for (const _ of batch) rows++;
      const taken = performance.now() - begun;
      await delay(taken * (SHARE - 1), undefined, { signal, ref: false });
    }
    return rows;
  }

  async #look(): Promise<void> {
    if (!(await this.#hasChanged())) return;
    clearInterval(this.#watch);
    this.#rows = undefined;
  }

  async #hasChanged(): Promise<boolean> {
    for (const { path, version } of this.#lists) {
      if ((await versionOf(path)) !== version) return true;
    }
    return false;
  }

  [Symbol.dispose](): void {
    this.#stopping.abort();
    clearInterval(this.#watch);
  }
}

function countOf(pattern: string): number {
  try {
    return expandPattern(pattern).count;
  } catch (error) {
    // It becomes one bad row, whose outcome says what is wrong.
    if (error instanceof BadValue) return 1;
    throw error;
  }
}

/** Differs once a file was changed; undefined for what is no regular file. */
async function versionOf(path: string): Promise<string | undefined> {
  const stats = await stat(path);
  return stats.isFile() ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : undefined;
}
