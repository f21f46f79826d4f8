import type { Dirent } from 'node:fs';
import { glob, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
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

/** A directory that holds the rows with one value of a column, as Spark and Hive name it. */
const PARTITION = /^([^=]+)=(.*)$/;

/** What Hive calls the directory of rows without a value. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

/** As in a shell. */
const PATTERN = /[*?]|\[.+\]|\{.+\}/;

/** The most names that a message lists. */
const LISTED = 3;

/**
 * The lists that a path stands for: itself; the files of a directory in the order of their names, as
 * programs such as Spark write a table; or those that a pattern matches, such as `parts/*.parquet`, where
 * nothing has that name itself. Names that begin with `.` or `_` (`_SUCCESS`) are left out, and so are the
 * statistics beside shards (`00000_stats.json`). Directories in it are read if they are partitions of a table
 * (`lang=de`): see {@link partitionOf}. Other files of a directory that are no lists by their names are named
 * in a warning.
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
  const found: Found = { lists: [], others: [], folders: [] };
  await look(path, '', choice, found);
  const { lists, others } = found;
  if (lists.length === 0) throw new ListError(path, whyNone(found));
  if (others.length > 0) {
    const what = `not read, as the extension says no format: ${namesOf(others)}`;
    choice.onWarning?.(printable(`${path}: ${what}`));
  }
  return lists.map((name) => join(path, name));
}

/** What is in a directory, relative to it. */
interface Found {
  readonly lists: string[];
  /** Files that are no lists by their names. */
  readonly others: string[];
  /** Directories that are not read. */
  readonly folders: string[];
}

/** Adds what is in the directory `below` of `path`, and in its partitions. @throws ListError */
async function look(path: string, below: string, choice: Choice, found: Found): Promise<void> {
  const entries = await entriesOf(join(path, below));
  const shown = entries.filter(({ name }) => !HIDDEN.test(name));
  shown.sort((one, other) => (one.name < other.name ? -1 : 1));
  const partitions: string[] = [];
  for (const entry of shown) {
    const name = join(below, entry.name);
    if (entry.isDirectory()) {
      (PARTITION.test(entry.name) ? partitions : found.folders).push(name);
    } else {
      (isList(name, choice) ? found.lists : found.others).push(name);
    }
  }
  for (const partition of partitions) await look(path, partition, choice, found);
}

function isList(name: string, { format }: Choice): boolean {
  return format !== undefined || formatOf(name) !== undefined || /\.txt(?:\.gz)?$/i.test(name);
}

/**
 * The columns that the place of a list gives its rows: those of the directories on the way to it, `lang=de`.
 * @param path that {@link listFiles} was asked for
 * @param file one of those that it found
 * @returns undefined for none
 */
export function partitionOf(
  path: string,
  file: string,
): Readonly<Record<string, string>> | undefined {
  const folders = relative(baseOf(path, file), dirname(file)).split(/[/\\]/);
  const columns = folders.flatMap((folder) => {
    const [, name, value = ''] = PARTITION.exec(folder) ?? [];
    return name === undefined ? [] : [[decoded(name), value === NO_VALUE ? '' : decoded(value)]];
  });
  return columns.length === 0 ? undefined : Object.fromEntries(columns);
}

/**
 * The directory that lists were found in: the one given, or the part of a pattern before its first sign.
 */
function baseOf(path: string, file: string): string {
  if (path === file || !relative(path, file).startsWith('..')) return path;
  const segments = path.split('/');
  const fixed = segments.slice(
    0,
    segments.findIndex((segment) => PATTERN.test(segment)),
  );
  return fixed.length === 0 ? '.' : fixed.join('/') || '/';
}

/** Hive writes signs that a name should not have as `%3A`. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @returns undefined where nothing is at the path, or it may not be looked at */
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

function whyNone({ others, folders }: Found): string {
  if (others.length > 0) {
    return `is a directory, and no file in it is called a list (.parquet, .csv, .jsonl, .txt …): --format says what is in ${namesOf(others)}`;
  }
  if (folders.length === 0) return 'is a directory without a list in it';
  return `is a directory without a list in it: give the directories in it, such as ${namesOf(folders)}`;
}

function namesOf(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, LISTED).join(', ');
  return names.length > LISTED ? `${shown}, …` : shown;
}
