import { STATUSES, type Status } from '../model/outcome.ts';
import type { RowGroup } from '../model/row-group.ts';
import { safeLine } from '../model/safe-text.ts';
import { adviceFor } from './advice.ts';
import { counted, formatBytes, formatCount, formatTime } from './amounts.ts';

/** What a {@link summary} is made of. */
export interface SummaryFacts {
  /** All rows, by how they ended. */
  readonly groups: readonly RowGroup[];
  /** How long it took, in ms, when that is known. */
  readonly elapsed?: number | undefined;
  /** Lines that name the saved files. */
  readonly saved?: readonly string[] | undefined;
  /** What a row is called. @default 'row' */
  readonly thing?: 'row' | 'file' | undefined;
}

/** How many kinds of failure are explained. */
const EXPLAINED = 5;

/** Characters of an example that are shown. */
const LONGEST = 200;

const LABELS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  skipped: 'skipped',
  'not-found': 'not found',
  failed: 'failed',
  cancelled: 'cancelled',
};

/**
 * What came of a run, for people: a table of how the rows ended and why, the total, and the
 * commonest failures with what to do about them.
 */
export function summary({ groups, elapsed, saved = [], thing = 'row' }: SummaryFacts): string {
  // Files that were all saved are counted by those lines.
  const areFilesCounted = saved.length > 0 && groups.every(({ status }) => status === 'ok');
  return [
    ...saved,
    ...(areFilesCounted ? [] : [...(saved.length > 0 ? [''] : []), ...table(groups)]),
    totalLine(groups, elapsed, thing),
    ...explanations(
      groups.filter(({ status }) => status === 'failed' || status === 'not-found'),
      thing,
    ),
    '',
  ].join('\n');
}

/** `failed       12` and under it `  timeout-idle  10`; without empty lines. */
function table(groups: readonly RowGroup[]): string[] {
  const lines: [label: string, rows: number, bytes: number][] = [];
  for (const status of STATUSES) {
    const found = groups.filter((group) => group.status === status);
    if (found.length === 0) continue;
    lines.push([LABELS[status], sum(found, 'rows'), status === 'ok' ? sum(found, 'bytes') : 0]);
    for (const { reason, rows } of byRows(found)) {
      // The reason of a cancelled row is `cancelled`, which the status says already.
      if (reason !== undefined && reason !== status) lines.push([`  ${safeLine(reason)}`, rows, 0]);
    }
  }
  const label = Math.max(...lines.map(([text]) => text.length), 0);
  const count = Math.max(...lines.map(([, rows]) => formatCount(rows).length), 0);
  return lines.map(([text, rows, bytes]) => {
    const amount = bytes > 0 ? `  ${formatBytes(bytes)}` : '';
    return `${text.padEnd(label)}  ${formatCount(rows).padStart(count)}${amount}`;
  });
}

function totalLine(
  groups: readonly RowGroup[],
  elapsed: number | undefined,
  thing: string,
): string {
  return `${counted(sum(groups, 'rows'), thing)} in all${elapsed === undefined ? '' : `, in ${formatTime(elapsed)}`}.`;
}

function explanations(failures: readonly RowGroup[], thing: string): string[] {
  const sorted = byRows(failures);
  const others = sorted.slice(EXPLAINED);
  const lines = sorted
    .slice(0, EXPLAINED)
    .flatMap(({ reason = 'unknown', rows, example: { url, message } }) => [
      '',
      `${safeLine(reason)} (${formatCount(rows)}): ${adviceFor(reason)}`,
      ...(url === '' ? [] : [`  as in ${cut(url)}`]),
      ...(message === undefined ? [] : [`  ${cut(message)}`]),
    ]);
  if (others.length === 0) return lines;
  const reasons = counted(others.length, 'more reason');
  return [...lines, '', `${reasons} (${counted(sum(others, 'rows'), thing)}) in the table above.`];
}

function cut(text: string): string {
  // Made safe before it is cut: a cut could remove the `@` that marks a password.
  const shown = safeLine(text);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function byRows(groups: readonly RowGroup[]): RowGroup[] {
  return groups.toSorted((a, b) => b.rows - a.rows);
}

function sum(groups: readonly RowGroup[], what: 'rows' | 'bytes'): number {
  return groups.reduce((total, group) => total + group[what], 0);
}
