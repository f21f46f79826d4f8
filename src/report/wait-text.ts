import type { RowWaiting } from '../model/request-in-flight.ts';
import { safeLine } from '../model/safe-text.ts';
import { formatClock, formatCount } from './amounts.ts';

/** A time of so many ms or more is written as `1:40`. */
const LONG = 100_000;

/**
 * What a row waits for: `503 from example.com, again in 4 s (2 of 4)`. Where that is longer than `columns`,
 * the host is left out.
 */
export function waitText(row: RowWaiting, now: number, columns: number): string {
  const { attempt, tries, until } = row;
  const again = until > now ? `again in ${inWords(until - now)}` : 'again at its turn';
  // Pauses that a server asks for do not count as tries.
  const which = attempt <= tries ? `${attempt} of ${tries}` : `try ${attempt}`;
  return shortened(row, `, ${again} (${which})`, columns);
}

/**
 * What rows wait for, a line for each cause, the commonest first: `12 files: 503 from example.com, the next
 * in 4 s`.
 * @param most lines
 */
export function waitLines(
  rows: Iterable<RowWaiting>,
  now: number,
  { columns, most }: { readonly columns: number; readonly most: number },
): string[] {
  const groups = [...Map.groupBy(rows, causeOf).values()];
  return groups
    .sort((a, b) => b.length - a.length)
    .slice(0, most)
    .flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      if (others.length === 0) return waitText(first, now, columns);
      const next = others.reduce((least, { until }) => Math.min(least, until), first.until);
      const when = next > now ? `the next in ${inWords(next - now)}` : 'one at a time';
      const files = `${formatCount(others.length + 1)} files: `;
      return files + shortened(first, `, ${when}`, columns - files.length);
    });
}

function shortened(row: RowWaiting, end: string, columns: number): string {
  const whole = `${causeOf(row)}${end}`;
  return whole.length <= columns ? whole : `${wordsOf(row)}${end}`;
}

/** `503 from example.com`, `connection lost at example.com`. */
function causeOf(row: RowWaiting): string {
  const by = row.httpStatus === undefined ? 'at' : 'from';
  return safeLine(`${wordsOf(row)} ${by} ${new URL(row.url).host}`);
}

function wordsOf({ reason, httpStatus }: RowWaiting): string {
  return httpStatus === undefined ? reasonInWords(reason) : String(httpStatus);
}

/** A reason for people: `connection lost`, `DNS not found`. */
export function reasonInWords(reason: string): string {
  return reason.replaceAll('-', ' ').replace(/^(dns|tls)\b/, (name) => name.toUpperCase());
}

/** ` (try 2)`; nothing for the first try. */
export function tryInWords(attempt: number): string {
  return attempt > 1 ? ` (try ${attempt})` : '';
}

function inWords(ms: number): string {
  return ms < LONG ? `${Math.ceil(ms / 1000)} s` : formatClock(ms);
}
