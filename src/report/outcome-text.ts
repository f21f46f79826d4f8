import type { Outcome } from '../model/outcome.ts';
import { rowRecordOf } from '../model/row-fields.ts';
import { safeLine } from '../model/safe-text.ts';
import { formatBytes } from './amounts.ts';

/** One row in a line for people; none for one that was cancelled, which only the summary counts. */
export function outcomeText(outcome: Outcome): string {
  const { url, path, message, reason, bytes } = rowRecordOf(outcome);
  const row = safeLine(url) || 'a row without a URL';
  switch (outcome.status) {
    case 'ok':
      return `ok ${safeLine(path ?? '')} (${formatBytes(bytes)})\n`;
    case 'skipped':
      return `skipped ${row} (${reason})\n`;
    case 'not-found':
      return `not found ${row}\n`;
    case 'failed':
      return `failed ${row}: ${message} (${reason})\n`;
    case 'cancelled':
      return '';
  }
}
