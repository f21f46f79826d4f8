import { type PatternPart, parsePattern } from './parse-pattern.ts';

/** The texts that a pattern stands for. They are made one by one, anew in each iteration. */
export interface Expansion extends Iterable<string> {
  /** The number of texts; not exact beyond 2^53. */
  readonly count: number;
}

/**
 * Expands a pattern as curl does: `{a,b}` is a, then b; `[1-100]`, `[001-100:2]` and `[a-z]` count.
 * Several of them give every combination, and the last one changes fastest. `\{`, `\}`, `\[` and `\]`
 * are the characters themselves; within braces, so is `\,`.
 * @throws BadValue at the first character that makes no sense
 */
export function expandPattern(pattern: string): Expansion {
  const parts = parsePattern(pattern);
  return {
    count: parts.reduce((product, part) => product * countOf(part), 1),
    [Symbol.iterator]: () => combinations(parts),
  };
}

/** Not recursive: a pattern may have more parts than the stack has frames. */
function* combinations(parts: readonly PatternPart[]): Generator<string, void, undefined> {
  // An entry for each part so far: its values, and the text before them. The first one is a start.
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
    // Multiplied, not added: near 2^53, adding 1 has no effect.
    for (let i = 0; i < countOf(part); i++) yield part.show(part.first + i * part.step);
  }
}

function countOf(part: PatternPart): number {
  if (typeof part === 'string') return 1;
  return 'step' in part ? Math.floor((part.last - part.first) / part.step) + 1 : part.length;
}
