import type { Rows } from './row-store.ts';

/** What a row did with its time, in this order. */
export const PHASES = ['queued', 'tried', 'connect', 'wait', 'body', 'save', 'failed'] as const;
export type PhaseName = (typeof PHASES)[number];

export const PHASE_LABELS: Readonly<Record<PhaseName, string>> = {
  queued: 'queued',
  tried: 'earlier tries',
  connect: 'connect, send',
  wait: 'first byte',
  body: 'body',
  save: 'saved',
  failed: 'no file',
};

export interface Phase {
  readonly name: PhaseName;
  /** In ms since the run's start. */
  readonly from: number;
  readonly to: number;
}

/** The phases of a row that a request was sent for; none of another. */
export function phasesOf(rows: Rows, place: number): Phase[] {
  const start = rows.start[place];
  if (start == null) return [];
  const end = start + (rows.end[place] ?? 0);
  const begun = start + (rows.tried[place] ?? 0);
  const before: Phase[] = [
    { name: 'queued', from: start - (rows.queued[place] ?? 0), to: start },
    ...(begun > start ? [{ name: 'tried', from: start, to: begun } as const] : []),
  ];
  const times = [rows.sent[place], rows.firstByte[place], rows.bodyEnd[place]];
  const [sent, firstByte, bodyEnd] = times.map((time) => (time == null ? undefined : start + time));
  if (sent === undefined || firstByte === undefined || bodyEnd === undefined) {
    return [...before, { name: 'failed', from: begun, to: end }];
  }
  return [
    ...before,
    { name: 'connect', from: begun, to: sent },
    { name: 'wait', from: sent, to: firstByte },
    { name: 'body', from: firstByte, to: bodyEnd },
    { name: 'save', from: bodyEnd, to: end },
  ];
}
