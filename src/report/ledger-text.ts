import { safeLine } from '../model/safe-text.ts';
import { counted, formatBytes, formatCount, formatTime } from './amounts.ts';
import { commandLine, shellWord } from './command-line.ts';

/** What is reported of a run. */
export interface ReportedRun {
  readonly id: number;
  /** In ms since the epoch. */
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly ending?: 'complete' | 'stopped' | 'interrupted' | 'broken' | undefined;
  readonly arguments: readonly string[];
}

/** What is left of files that are not whole. */
export interface ReportedParts {
  readonly count: number;
  readonly bytes: number;
}

const ENDINGS = {
  complete: 'came to its end',
  stopped: 'stopped by itself, before the end of the list',
  interrupted: 'was interrupted',
  broken: 'broke',
};

const INSECURE: ReadonlySet<string> = new Set(['-k', '--insecure']);
const UNCHECKED = 'Certificates were not checked (--insecure): the files may come from anyone.\n';

/** The last run in two or three lines: when, how it ended, its command, and what was risky about it. */
export function runLines(run: ReportedRun, isInUse: boolean): string {
  const { id, startedAt, endedAt, ending } = run;
  const started = new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z');
  const command = commandLine(run.arguments);
  return [
    `Run ${id}, started ${started}, ${ended()}.\n`,
    command === '' ? '' : `  ${command}\n`,
    run.arguments.some((arg) => INSECURE.has(arg)) ? UNCHECKED : '',
  ].join('');

  function ended(): string {
    if (endedAt === undefined || ending === undefined) {
      return isInUse ? 'is under way' : 'did not end: it was killed';
    }
    return `${ENDINGS[ending]} after ${formatTime(endedAt - startedAt)}`;
  }
}

/** What is left to do, and how. */
export function leftLines({
  directory,
  retriable,
  parts,
  isWhole,
}: {
  readonly directory: string;
  /** Rows that another try may help. */
  readonly retriable: number;
  readonly parts: ReportedParts;
  /** Whether the last run read its list to the end. */
  readonly isWhole: boolean;
}): string {
  const lines: string[] = [];
  if (!isWhole) lines.push('The list was not read to its end: run the same command again.');
  if (retriable > 0) {
    lines.push(
      `${counted(retriable, 'row')} to try again: flaghoist retry ${shellWord(directory)}`,
    );
  }
  if (parts.count > 0) {
    const [are, them] = parts.count === 1 ? ['is', 'it'] : ['are', 'them'];
    lines.push(
      `${counted(parts.count, 'file')} ${are} there in part, ${formatBytes(parts.bytes)}; the next run goes on with ${them}.`,
    );
  }
  if (lines.length === 0) lines.push('Nothing is left to do.');
  return lines.map((line) => `${line}\n`).join('');
}

/** How many hosts a text names, at most. */
export const MOST_HOSTS = 10;

/** A table of hosts: rows, those that are not done, bytes. */
export function hostLines(
  hosts: readonly {
    readonly host: string;
    readonly rows: number;
    readonly notDone: number;
    readonly bytes: number;
  }[],
): string {
  const cells = hosts.map(({ host, rows, notDone, bytes }) => [
    safeLine(host) || '(none)',
    formatCount(rows),
    formatCount(notDone),
    formatBytes(bytes),
  ]);
  const all = [['Host', 'rows', 'not done', 'bytes'], ...cells];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all
    .map((row) => row.map((text, i) => pad(text, widths[i] ?? 0, i)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

/** What it means that a run identifies rows by another key, or how far their change is. */
export function keyChangeText({
  from,
  to,
  rows,
  done,
}: {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly done: number;
}): string {
  if (done > 0) return `${formatCount(done)} of ${counted(rows, 'row')} have their new key`;
  const were = `earlier runs knew ${counted(rows, 'row')} by ${from}`;
  return to.startsWith('column ')
    ? `${were}; by ${to} nothing is known of them: this run takes all rows as new, and files that are there as those of other rows (--on-collision)`
    : `${were}; this run knows them by ${to}`;
}
