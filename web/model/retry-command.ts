import { printable } from '../../src/model/safe-text.ts';
import { type Filter, isEmpty, NOT_DONE } from './filter.ts';

/** A command to copy, or why there is no command. */
export type RetryCommand =
  | { readonly command: string; readonly note?: string | undefined }
  | { readonly command?: undefined; readonly note: string };

/** What a condition takes without quotes: see src/ledger/read/where-tokens.ts. */
const WORD = /^[a-z_][\w-]*$/i;

/** What the shell takes without quotes. A `~` or `=` at the wrong place would mean something. */
const PLAIN = /^[\w./:@%+-]+$/;

/**
 * The command that tries again the rows which `filter` leaves, as far as they are not done: of those
 * that are, `retry` takes none. Quoted for a POSIX shell.
 */
export function retryCommand(directory: string, filter: Filter): RetryCommand {
  const statuses = (filter.statuses.length === 0 ? NOT_DONE : filter.statuses).filter((status) =>
    NOT_DONE.includes(status),
  );
  if (statuses.length === 0) return { note: 'Files that are there are not tried again.' };
  // Pasted into a terminal, such characters do more than stand there, or are not what they seem.
  const words = [directory, filter.reason, filter.host, filter.text].join('');
  if (printable(words) !== words) {
    return { note: 'There are control characters in it, which no terminal should be handed.' };
  }
  const condition = conditionOf(filter);
  const place = quoted(directory.startsWith('-') ? `./${directory}` : directory);
  const command = `flaghoist retry ${place} --where ${quoted(condition)}`;
  if (!/[%_]/.test(filter.text)) return { command };
  return { command, note: '% and _ of the text stand for any characters in a condition.' };
}

function conditionOf({ statuses, reason, host, text }: Filter): string {
  const among = statuses.filter((status) => NOT_DONE.includes(status));
  const parts: string[] = [];
  // Without any, the rows that are not done are meant, also those that the list is wrong about.
  if (isEmpty({ statuses: [], reason, host, text }) || among.length > 0) {
    const words = among.length === 0 ? NOT_DONE : among;
    parts.push(words.length === 1 ? `status = ${words[0]}` : `status in (${words.join(', ')})`);
  }
  if (reason !== '') parts.push(`reason = ${value(reason)}`);
  if (host !== '') parts.push(`host = ${value(host)}`);
  if (text !== '') {
    const pattern = literal(`%${text}%`);
    parts.push(`(url like ${pattern} or message like ${pattern})`);
  }
  return parts.join(' and ');
}

function value(text: string): string {
  return WORD.test(text) && !KEYWORDS.has(text.toLowerCase()) ? text : literal(text);
}

/** A host may be called so. */
const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'like', 'is', 'null']);

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoted(text: string): string {
  if (text !== '' && PLAIN.test(text)) return text;
  // Double quotes are easier to read around texts in single ones, where nothing in them means more.
  if (text.includes("'") && !/["$`\\!]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
