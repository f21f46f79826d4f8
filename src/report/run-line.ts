import type { RunProgress } from '../observe/run-progress.ts';
import { total as countOf, type Tally } from '../observe/tally.ts';
import { bar, counted, formatBytes, formatClock, formatCount } from './amounts.ts';

/**
 * The longest and the shortest bar, in characters. Optional words are left out before the bar gets shorter
 * than that.
 */
const LONGEST_BAR = 40;
const SHORTEST_BAR = 8;

/** A part of the line. The parts with the highest rank are left out first. */
interface Word {
  readonly text: string;
  readonly rank: number;
}

/**
 * How far a run has come, in one line that fits into so many columns:
 * `████████░░░░░░░░ 63/194 files | 12.3 MB | 1.4 MB/s | 0:06 left | 2 failures`. Without a total there is
 * neither a bar nor a time that is left.
 */
export function runLine(progress: RunProgress, columns: number): string {
  return lineOf(progress, wordsOf(progress, false), columns);
}

/**
 * The line that stays at the end, with the speed of the whole run. @param received bytes of all requests
 */
export function lastRunLine(progress: RunProgress, received: number, columns: number): string {
  const { elapsed } = progress;
  const bytesPerSecond = elapsed > 0 ? (received * 1000) / elapsed : 0;
  return lineOf(progress, wordsOf({ ...progress, bytesPerSecond }, true), columns);
}

/** The line for a log: all words, and no bar. */
export function plainRunLine(progress: RunProgress): string {
  return joined(wordsOf(progress, false));
}

/**
 * How far the `flags` command has come, which counts files and not bytes:
 * `████████░░░░░░░░ 63/194 | 22/s | 0:03 elapsed | 0:06 left | 18 failures`. A flag that is not found is
 * no failure there.
 * @param elapsed since the start, in ms
 */
export function flagsLine(tally: Tally, flags: number, elapsed: number, columns: number): string {
  const done = countOf(tally) - tally.cancelled;
  const rate = elapsed > 0 ? (done * 1000) / elapsed : 0;
  const remaining = done > 0 ? ((flags - done) * elapsed) / done : Number.POSITIVE_INFINITY;
  const words = [
    `${done}/${flags}`,
    `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
    `${formatClock(elapsed)} elapsed`,
    `${clockOr(remaining)} left`,
    counted(tally.failed, 'failure'),
  ];
  return withBar(done, flags, words.join(' | '), columns);
}

/** `-:--` for a time that is not known. */
export function clockOr(ms: number): string {
  return Number.isFinite(ms) ? formatClock(ms) : '-:--';
}

function lineOf({ total, share }: RunProgress, words: readonly Word[], columns: number): string {
  const room = total === undefined ? 0 : SHORTEST_BAR + 1;
  const ranks = words.map(({ rank }) => rank).sort((a, b) => b - a);
  let shown = words;
  for (const rank of ranks) {
    if (joined(shown).length + room <= columns) break;
    shown = words.filter((word) => word.rank < rank || word.rank === 0);
  }
  return withBar(share, total, joined(shown), columns);
}

/** `text` after a bar, where the total is known and there is room for one. */
function withBar(share: number, total: number | undefined, text: string, columns: number): string {
  const length = Math.min(columns - text.length - 1, LONGEST_BAR);
  if (total === undefined || length < SHORTEST_BAR) return text.slice(0, columns);
  return `${bar(total === 0 ? 1 : share / total, length)} ${text}`;
}

function joined(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(' | ');
}

/** @param isLast whether the run has ended: then no time is left */
function wordsOf(progress: RunProgress, isLast: boolean): Word[] {
  const { done, total, tally, bytes, bytesPerSecond, elapsed } = progress;
  const failures = tally.failed + tally['not-found'];
  const known = total === undefined ? '' : `${formatCount(done)}/`;
  const soFar = total === undefined && !isLast ? ' so far' : '';
  const words = [
    { text: `${known}${counted(total ?? done, 'file')}${soFar}`, rank: 0 },
    { text: formatBytes(bytes), rank: 4 },
    { text: `${formatBytes(bytesPerSecond)}/s`, rank: 2 },
    { text: `${formatClock(elapsed)} elapsed`, rank: 5 },
    { text: isLast ? '' : timeLeft(progress), rank: 1 },
    { text: failures === 0 ? '' : counted(failures, 'failure'), rank: 3 },
  ];
  return words.filter(({ text }) => text !== '');
}

function timeLeft({ total, remaining }: RunProgress): string {
  return total === undefined ? '' : `${clockOr(remaining)} left`;
}
