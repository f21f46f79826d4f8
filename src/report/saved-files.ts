import { isDone, type Outcome } from '../model/outcome.ts';
import { safeLine } from '../model/safe-text.ts';
import { counted, formatBytes } from './amounts.ts';

/** Files that are named, at most. */
const FEW = 5;

/** Where the files of a run are. */
export class SavedFiles {
  readonly #directory: string;
  readonly #named: { readonly index: number; readonly line: string }[] = [];
  #files = 0;
  #saved = 0;
  #bytes = 0;

  /** @param directory of the run, as it was given */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A row has ended. */
  add({ item, status, reason, path, bytes }: Outcome): void {
    if (!isDone(status) || path === undefined) return;
    this.#files++;
    if (status === 'ok') {
      this.#saved++;
      this.#bytes += bytes;
    }
    if (this.#files > FEW) return;
    const line = `${wordsFor(status, reason)} ${safeLine(path)} (${formatBytes(bytes)})`;
    this.#named.push({ index: item.index, line });
  }

  /** Up to five files by name, in the order of the list; more by their number and directory. */
  get lines(): readonly string[] {
    if (this.#files > FEW) return this.inTotal;
    return this.#named.toSorted((a, b) => a.index - b.index).map(({ line }) => line);
  }

  /** `saved 866 files (259.8 MB) in photos/`; nothing when none was saved. */
  get inTotal(): readonly string[] {
    if (this.#saved === 0) return [];
    const place = safeLine(this.#directory).replace(/\/*$/, '/');
    return [`saved ${counted(this.#saved, 'file')} (${formatBytes(this.#bytes)}) in ${place}`];
  }
}

function wordsFor(status: Outcome['status'], reason: Outcome['reason']): string {
  if (status === 'ok') return 'saved';
  if (reason === 'copied') return 'copied';
  return reason === 'changed-here' ? 'changed here, left as it is:' : 'there already:';
}
