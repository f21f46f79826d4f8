import type { Progress } from '../observe/progress.ts';
import { bar, formatClock } from './amounts.ts';

/** The longest and the shortest bar, in characters; there is no bar where even the shortest has no room. */
const LONGEST_BAR = 40;
const SHORTEST_BAR = 5;

/**
 * How far a run has come, in one line that fits into so many columns:
 * `████████░░░░░░░░ 63/194 | 22/s | 0:03 elapsed | 0:06 left | 18 failures`. Without a total there
 * is neither a bar nor a time that is left.
 */
export function progressLine(progress: Progress, columns: number): string {
  const { done, total, rate, elapsed, remaining, failed } = progress;
  const known = total !== undefined;
  const words = [
    known ? `${done}/${total}` : `${done} done`,
    `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
    `${formatClock(elapsed)} elapsed`,
    ...(known ? [`${Number.isFinite(remaining) ? formatClock(remaining) : '-:--'} left`] : []),
    failed === 1 ? '1 failure' : `${failed} failures`,
  ].join(' | ');
  const room = Math.min(columns - words.length - 1, LONGEST_BAR);
  if (!known || room < SHORTEST_BAR) return words.slice(0, columns);
  return `${bar(total === 0 ? 1 : done / total, room)} ${words}`;
}
