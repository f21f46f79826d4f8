import { printable } from '../model/safe-text.ts';

/** A value in a list that makes no sense. The caller knows its line and adds it to the message. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
  /** The first character of the value that is wrong, from 0. */
  readonly offset: number;

  /** @param message one printable line */
  constructor(message: string, offset = 0) {
    super(message);
    this.offset = offset;
  }
}

/** A table lacks a column that was asked for. */
export class MissingColumn extends BadValue {
  /** The columns that it has. */
  readonly headings: readonly string[];

  constructor(message: string, headings: readonly string[]) {
    super(message);
    this.headings = headings;
  }
}

/** The most characters of a value that a message shows. */
const SHOWN = 80;

/** `text` in quotes, printable, and cut if it is too long for a message. */
export function quoted(text: string): string {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return `"${printable(shown)}"`;
}
