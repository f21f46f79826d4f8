/** The messages of the `flags` command, as strings. The command writes them. */
import type { Outcome } from '../model/outcome.ts';
import { safeLine } from '../model/safe-text.ts';
import type { Tally } from '../observe/tally.ts';
import type { Site } from './sites.ts';

/** The most codes that are listed one by one. */
const LISTED = 10;

/** The report before the first request. */
export function initialReport(site: Site, codes: readonly string[], connections: number): string {
  const which =
    codes.length <= LISTED ? codes.join(', ') : `from ${codes.at(0)} to ${codes.at(-1)}`;
  return [
    `${site.label} site: ${site.url}`,
    `Searching for ${plural(codes.length, 'flag')}: ${which}`,
    `${plural(connections, 'concurrent connection')} will be used.`,
    '',
  ].join('\n');
}

/** The line of `--verbose` for one flag; empty for a cancelled one, which only the final report counts. */
export function verboseLine(code: string, outcome: Outcome): string {
  switch (outcome.status) {
    case 'failed':
      return `*** Error for ${code}: ${safeLine(outcome.error?.detail ?? '')}\n`;
    case 'not-found':
      return `${code} not found\n`;
    case 'cancelled':
      return '';
    default:
      return `${code} OK\n`;
  }
}

/** The report after the last outcome. @param elapsed in ms */
export function finalReport(tally: Tally, elapsed: number): string {
  const lines = ['-'.repeat(20), `${plural(tally.ok, 'flag')} downloaded.`];
  if (tally['not-found'] > 0) lines.push(`${tally['not-found']} not found.`);
  if (tally.failed > 0) lines.push(`${plural(tally.failed, 'error')}.`);
  if (tally.cancelled > 0) lines.push(`${tally.cancelled} cancelled.`);
  lines.push(`Elapsed time: ${(elapsed / 1000).toFixed(2)}s`, '');
  return lines.join('\n');
}

/** The message for a bug of the program: `codes` have no outcome. */
export function unaccountedReport(codes: readonly string[]): string {
  return `some downloads are unaccounted for (${codes.join(', ')}); this is a bug in flaghoist`;
}

function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
