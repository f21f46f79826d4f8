import { formatTime } from '../../src/report/amounts.ts';

/** How long something took: `0.4 ms`, `12 ms`, `1.24 s`, `1m 23s`. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 9_995 ? `${(ms / 1000).toFixed(2)} s` : formatTime(ms);
}
