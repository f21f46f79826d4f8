import { BrokenRunError } from '../model/broken-run-error.ts';
import { errorCode } from '../model/error-code.ts';
import { messageOf } from '../model/error-words.ts';
import { printable } from '../model/safe-text.ts';
import { type BadValue, MissingColumn } from './bad-value.ts';

/** A list that cannot be read to its end. The message is one line that begins with the list's name. */
export class ListError extends BrokenRunError {
  /** @param list the list's name in messages: its path, or `stdin` */
  constructor(list: string, what: string, options?: ErrorOptions) {
    super(`${printable(list)}: ${printable(what)}`, options);
  }
}

/** A list is a table that lacks a column which was asked for. The error comes before the first row. */
export class MissingColumnError extends ListError {
  /** The columns that it has. */
  readonly headings: readonly string[];

  constructor(list: string, missing: MissingColumn) {
    super(list, missing.message, { cause: missing });
    this.headings = missing.headings;
  }
}

/** The error of a list whose headings make no sense. */
export function headingsError(list: string, problem: BadValue): ListError {
  if (problem instanceof MissingColumn) return new MissingColumnError(list, problem);
  return new ListError(list, problem.message, { cause: problem });
}

/** The bytes of a list are not text that can be read. The message goes on after the list's name. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: permission denied',
  Z_DATA_ERROR: 'its gzip data is damaged',
  Z_BUF_ERROR: 'its gzip data ends in the middle',
};

/** Why a list could not be opened or read on, in words that follow its name. */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be read: ${String(error)}`;
  if (error instanceof EncodingError) return error.message;
  const words = WORDS[errorCode(error) ?? ''];
  return words ?? `cannot be read: ${messageOf(error)}`;
}
