import { printable } from '../model/safe-text.ts';

/** `text` with everything unprintable written out: `\t`, `\x1b`, `\u202e`. */
export const visible = printable;

/** How much of a value a message shows, in characters. */
const SHOWN = 80;

/** `text` between quotes, visible, and cut where it is too long for a line. */
export function quoted(text: string): string {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return `"${visible(shown)}"`;
}
