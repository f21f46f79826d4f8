import { posix } from 'node:path';
import { safeLine } from '../model/safe-text.ts';
import type { FileInView } from '../observe/files-in-view.ts';
import { bar, formatBytes, formatShare, formatTime } from './amounts.ts';
import { fitted, fittedName, padded, widthOf } from './fit.ts';
import { clockOr } from './run-line.ts';
import { reasonInWords, tryInWords, waitText } from './wait-text.ts';

/** Names take at most this share of a line, and at least so many columns. */
const NAME_SHARE = 0.3;
const SHORTEST_NAME = 12;

/** The longest and the shortest bar, in columns. */
const LONGEST_BAR = 30;
const SHORTEST_BAR = 8;

/** A line says that it waits for the server once the answer has not begun for so many ms. */
const LATE = 1_000;

/**
 * A line for each file: `a.iso   45% █████░░░░░░  12.3 MB of 27.0 MB   2.1 MB/s   0:07 left`. Without room
 * the bar goes first, then the sizes.
 * @param now the time of `performance.now()`
 */
export function fileLines(files: readonly FileInView[], columns: number, now: number): string[] {
  const names = files.map((file) => safeLine(nameOf(file)));
  const longest = Math.max(SHORTEST_NAME, Math.floor(columns * NAME_SHARE));
  const room = Math.min(longest, Math.max(0, ...names.map(widthOf)));
  return files.map((file, i) => {
    const name = padded(fittedName(names[i] ?? '', room), room);
    return fitted(`${name}  ${stateOf(file, columns - room - 2, now)}`, columns);
  });
}

/** The name of the file, as far as it is known by now. */
function nameOf({ item, outcome }: FileInView): string {
  const { path } = outcome ?? {};
  if (path !== undefined) return posix.basename(path.replaceAll('\\', '/'));
  if (item.name !== undefined) return posix.basename(item.name);
  const url = URL.parse(item.url);
  const last = url?.pathname.split('/').findLast((part) => part !== '');
  return last === undefined ? (url?.host ?? item.url) : decoded(last);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function stateOf(file: FileInView, columns: number, now: number): string {
  const { outcome, wait, request, bytes, length } = file;
  if (outcome !== undefined) return endOf(outcome);
  const share = length === undefined || length === 0 ? undefined : bytes / length;
  const percent = (share === undefined ? '' : formatShare(share)).padStart(4);
  if (wait !== undefined) {
    const before = bytes > 0 ? `${percent} ` : '';
    return before + waitText(wait, now, columns - before.length);
  }
  if (request === undefined) return `${percent} ${formatBytes(bytes)}, saving`;
  if (request.offset + request.received === 0 && request.length === undefined) {
    const which = tryInWords(request.attempt);
    const age = now - request.sentAt;
    return age < LATE ? `connecting${which}` : `no answer for ${formatTime(age)}${which}`;
  }
  const of = length === undefined ? '' : ` of ${formatBytes(length)}`.padEnd(12);
  const size = formatBytes(bytes).padStart(8);
  const speed = `${formatBytes(file.bytesPerSecond)}/s`.padStart(10);
  const left = length === undefined ? '' : ` ${timeLeft(file).padStart(7)} left`;
  const words = [`${size}${of} ${speed}${left}`, `${size} ${speed}${left}`, `${speed}${left}`];
  const text = words.find((text) => widthOf(text) + 5 <= columns) ?? speed.trim();
  const room = Math.min(LONGEST_BAR, columns - widthOf(text) - 6);
  const drawn = share === undefined || room < SHORTEST_BAR ? '' : `${bar(share, room)} `;
  return `${percent} ${drawn}${text}`;
}

function timeLeft({ bytes, length = Number.NaN, bytesPerSecond }: FileInView): string {
  return clockOr(bytesPerSecond > 0 ? ((length - bytes) * 1000) / bytesPerSecond : Number.NaN);
}

/** How a file ended. */
function endOf({ status, bytes, reason, error }: NonNullable<FileInView['outcome']>): string {
  switch (status) {
    case 'ok':
      return `100% ${formatBytes(bytes).padStart(8)} saved`;
    case 'skipped':
      return `skipped: ${reasonInWords(String(reason))}`;
    case 'not-found':
      return 'not found';
    case 'failed':
      return `failed: ${safeLine(error?.detail ?? String(reason))}`;
    case 'cancelled':
      return 'cancelled';
  }
}
