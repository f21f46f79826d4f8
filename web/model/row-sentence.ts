import { formatDuration } from './durations.ts';
import { PHASE_LABELS, phasesOf } from './phases.ts';
import type { Rows } from './row-store.ts';

/** What a row is and did, to be read aloud. */
export function rowSentence(rows: Rows, place: number): string {
  const reason = rows.reason[place];
  const outcome = `${(rows.status[place] ?? '').replace('-', ' ')}${reason ? `, ${reason}` : ''}`;
  const phases = phasesOf(rows, place)
    .filter(({ from, to }) => to > from)
    .map(({ name, from, to }) => `${PHASE_LABELS[name]} ${formatDuration(to - from)}`);
  return [`Row ${(rows.index[place] ?? 0) + 1}`, rows.url[place], outcome, ...phases].join(', ');
}
