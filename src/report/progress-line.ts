import type { Progress } from '../observe/progress.ts';

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
    `${clock(elapsed)} elapsed`,
    ...(known ? [`${Number.isFinite(remaining) ? clock(remaining) : '-:--'} left`] : []),
    failed === 1 ? '1 failure' : `${failed} failures`,
  ].join(' | ');
  const room = Math.min(columns - words.length - 1, LONGEST_BAR);
  if (!known || room < SHORTEST_BAR) return words.slice(0, columns);
  return `${bar(total === 0 ? 1 : done / total, room)} ${words}`;
}

function bar(share: number, length: number): string {
  const full = Math.floor(share * length);
  return '█'.repeat(full) + '░'.repeat(length - full);
}

/** 83,000 ms as `1:23`, an hour more as `1:01:23`. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const parts = [Math.floor(minutes / 60), minutes % 60, seconds % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, i) => (i === 0 ? part : String(part).padStart(2, '0'))).join(':');
}
