import { type PatternPart, parsePattern } from './parse-pattern.ts';

/** The texts that a pattern stands for. They are made one by one, each time it is iterated. */
export interface Expansion extends Iterable<string> {
  /** How many they are; not exact beyond 2^53. */
  readonly count: number;
}

/**
 * The texts that `pattern` stands for, as curl has them: `{a,b}` is a, then b; `[1-100]`,
 * `[001-100:2]`
 * and `[a-z]` count; several make each combination, the last one changing fastest. `\{`, `\}`, `\[`
 * and `\]` are the characters themselves, within braces also `\,`.
 * @throws BadValue at the character that goes wrong
 */
export function expandPattern(pattern: string): Expansion {
  const parts = parsePattern(pattern);
  return {
    count: parts.reduce((product, part) => product * countOf(part), 1),
    [Symbol.iterator]: () => combinations(parts),
  };
}

/** Not by recursion: a pattern may have more parts than the stack has room for. */
function* combinations(parts: readonly PatternPart[]): Generator<string, void, undefined> {
  /** The values of the parts so far, and the text before each of them. */
  const open = [textsOf('')];
  const prefixes = [''];
  for (let values = open.at(-1); values !== undefined; values = open.at(-1)) {
    const { done, value } = values.next();
    if (done) {
      open.pop();
      prefixes.pop();
      continue;
    }
    const text = prefixes.at(-1) + value;
    // The first one is before all parts.
    const part = parts[open.length - 1];
    if (part === undefined) yield text;
    else {
      open.push(valuesOf(part));
      prefixes.push(text);
    }
  }
}

function* textsOf(text: string): Generator<string, void, undefined> {
  yield text;
}

function* valuesOf(part: PatternPart): Generator<string, void, undefined> {
  if (typeof part === 'string') yield part;
  else if (!('step' in part)) yield* part;
  else {
    // Multiplied, not added up: near 2^53 adding 1 would stop counting.
    for (let i = 0; i < countOf(part); i++) yield part.show(part.first + i * part.step);
  }
}

function countOf(part: PatternPart): number {
  if (typeof part === 'string') return 1;
  return 'step' in part ? Math.floor((part.last - part.first) / part.step) + 1 : part.length;
}
