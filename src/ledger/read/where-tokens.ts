import { safeLine } from '../../model/safe-text.ts';
import { WhereError } from './where-error.ts';

/** A token of a condition. */
export type Token = {
  /** From 1. */
  readonly column: number;
} & (
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'sign'; readonly text: string }
  | { readonly type: 'end' }
);

/** Alternatives in the order in which they are tried; `wrong` is any other character. */
const PIECE =
  /(?<space>\s+)|(?<text>'(?:[^']|'')*')|(?<open>'.*)|(?<number>\d+(?:\.\d+)?(?![\w.-]))|(?<word>[a-z_][\w-]*)|(?<sign><=|>=|!=|<>|==|[=<>(),])|(?<wrong>.)/giu;

/**
 * Splits a condition into tokens; the last one is of type `end`.
 * @throws WhereError for a character without a meaning, and a text without an end
 */
export function tokensOf(condition: string): Token[] {
  const found: Token[] = [];
  for (const { groups = {}, index } of condition.matchAll(PIECE)) {
    const { text, open, number, word, sign, wrong } = groups;
    const column = index + 1;
    if (open !== undefined) throw new WhereError(column, "this text has no end: a ' is missing");
    if (wrong !== undefined) throw new WhereError(column, `${safeLine(wrong)} has no meaning here`);
    if (text !== undefined) {
      found.push({ type: 'text', column, text: text.slice(1, -1).replaceAll("''", "'") });
    } else if (number !== undefined) found.push({ type: 'number', column, value: Number(number) });
    else if (word !== undefined) found.push({ type: 'word', column, text: word });
    else if (sign !== undefined) found.push({ type: 'sign', column, text: sign });
  }
  found.push({ type: 'end', column: condition.length + 1 });
  return found;
}

/** A token as messages show it. */
export function tokenText(token: Token): string {
  if (token.type === 'end') return 'the end';
  if (token.type === 'number') return String(token.value);
  const text = safeLine(token.text);
  return token.type === 'text' ? `the text '${text}'` : `'${text}'`;
}
