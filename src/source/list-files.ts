import type { Dirent } from 'node:fs';
import { glob, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { printable } from '../model/safe-text.ts';
import { formatOf, type ListFormat } from './formats/list-format.ts';
import { ListError, whyUnreadable } from './list-error.ts';

/** How the files of a directory are chosen. */
interface Choice {
  /** With a format, every file of the directory is a list in it. */
  readonly format?: ListFormat | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Names of files that say how a table was written, of those that are being written, and of the statistics that
 * stand beside shards.
 */
const HIDDEN = /^(?:[._]|\d{5,}_stats\.json$)/;

/** As in a shell. */
const PATTERN = /[*?]|\[.+\]|\{.+\}/;

/** The most names that a message lists. */
const LISTED = 3;

/**
 * The lists that a path stands for: itself; the files of a directory in the order of their names, as
 * programs such as Spark write a table; or those that a pattern matches, such as `parts/*.parquet`, where
 * nothing has that name itself. Names that begin with `.` or `_` (`_SUCCESS`) are left out, and so are the
 * statistics beside shards (`00000_stats.json`). Other files of a directory that are no lists by their names
 * are named in a warning.
 *
 * @param path `-` stands for itself
 * @throws ListError for a directory without lists, or one that cannot be read; for a pattern without a match
 */
export async function listFiles(path: string, choice: Choice = {}): Promise<string[]> {
  if (path === '-') return [path];
  const kind = await kindOf(path);
  if (kind === undefined && PATTERN.test(path)) return await matchesOf(path);
  // What is not there is reported where it is opened.
  if (kind !== 'directory') return [path];
  const entries = (await entriesOf(path)).filter(({ name }) => !HIDDEN.test(name));
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const isList = (name: string) =>
    choice.format !== undefined || formatOf(name) !== undefined || /\.txt(?:\.gz)?$/i.test(name);
  const lists = files.filter(isList).sort();
  const others = files.filter((name) => !isList(name));
  if (lists.length === 0) throw new ListError(path, whyNone(entries, others));
  if (others.length > 0) {
    const what = `not read, as the extension says no format: ${namesOf(others)}`;
    choice.onWarning?.(printable(`${path}: ${what}`));
  }
  return lists.map((name) => join(path, name));
}

/** @returns undefined for what is not there, or cannot be looked at */
async function kindOf(path: string): Promise<'directory' | 'other' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'other';
  } catch {
    return undefined;
  }
}

async function matchesOf(pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const path of glob(pattern)) {
    if (!HIDDEN.test(basename(path)) && (await kindOf(path)) === 'other') files.push(path);
  }
  if (files.length > 0) return files.sort();
  throw new ListError(pattern, 'there is no such file, and none that the pattern matches');
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw new ListError(path, whyUnreadable(error), { cause: error });
  }
}

function whyNone(entries: readonly Dirent[], others: readonly string[]): string {
  if (others.length > 0) {
    return `is a directory, and no file in it is called a list (.parquet, .csv, .jsonl, .txt …): --format says what is in ${namesOf(others)}`;
  }
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (folders.length === 0) return 'is a directory without a list in it';
  return `is a directory without a list in it: give the directories in it, such as ${namesOf(folders)}`;
}

function namesOf(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, LISTED).join(', ');
  return names.length > LISTED ? `${shown}, …` : shown;
}
