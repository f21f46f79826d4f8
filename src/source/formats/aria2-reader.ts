import type { Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue, quoted } from '../bad-value.ts';
import type { Line } from '../line-splitter.ts';
import { Aria2Entry } from './aria2-entry.ts';
import type { RowReader } from './list-format.ts';

/** The most different options that are warned of. Any more are ignored silently. */
const MAX_WARNINGS = 20;

/** An entry whose options may go on in the next lines. */
interface OpenEntry {
  readonly entry: Aria2Entry;
  readonly line: Line;
  /** The first bad value in it, and its place. */
  problem?: { readonly value: BadValue; readonly line: number; readonly column: number };
}

/**
 * Reads aria2's input file: a line with the URIs of a file, then indented lines with its options. The
 * options `out`, `dir`, `header`, `referer`, `user-agent` and `checksum` count. Any other option is
 * ignored, with one warning for its name. A row is complete when the next one begins.
 */
export class Aria2Reader implements RowReader {
  readonly #bad: BadRows;
  readonly #warn: (line: number, column: number, what: string) => void;
  readonly #ignored = new Set<string>();
  #open: OpenEntry | undefined;

  constructor(bad: BadRows, warn: (line: number, column: number, what: string) => void) {
    this.#bad = bad;
    this.#warn = warn;
  }

  *rowsOf(lines: readonly Line[]): Generator<Row, void, undefined> {
    for (const line of lines) {
      if (line.problem === undefined && line.text.trim() === '') continue;
      if (line.text.trimStart().startsWith('#')) continue;
      if (/^[ \t]/.test(line.text)) {
        if (this.#open === undefined) yield this.#strayOption(line);
        else this.#takeOption(this.#open, line);
      } else {
        yield* this.end();
        this.#open = openEntry(line);
      }
    }
  }

  *end(): Generator<Row, void, undefined> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) yield this.#rowOf(open);
  }

  #rowOf({ entry, line, problem }: OpenEntry): Row {
    if (problem !== undefined) {
      return this.#bad.rowOf(entry.uri, problem.value, problem.line, problem.column);
    }
    try {
      return entry.toRow();
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      return this.#bad.rowOf(entry.uri, error, line.number, 1 + line.text.indexOf(entry.uri));
    }
  }

  #strayOption({ number, text }: Line): Row {
    const value = new BadValue('an option (an indented line) before the first URI');
    return this.#bad.rowOf(text.trim(), value, number);
  }

  #takeOption(open: OpenEntry, line: Line): void {
    const option = line.text.trim();
    const column = 1 + line.text.indexOf(option);
    try {
      if (line.problem !== undefined) throw line.problem;
      if (!open.entry.takeOption(option)) this.#warnOnce(option, line.number, column);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      const at = line.problem === undefined ? column : 1;
      open.problem ??= { value: error, line: line.number, column: at };
    }
  }

  #warnOnce(option: string, line: number, column: number): void {
    const name = option.slice(0, option.indexOf('=')).trim();
    if (this.#ignored.has(name) || this.#ignored.size === MAX_WARNINGS) return;
    this.#ignored.add(name);
    this.#warn(line, column, `the option ${quoted(name)} has no meaning here and is ignored`);
  }
}

function openEntry(line: Line): OpenEntry {
  const entry = new Aria2Entry(line.text);
  if (line.problem === undefined) return { entry, line };
  return { entry, line, problem: { value: line.problem, line: line.number, column: 1 } };
}
