import type { Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue } from '../bad-value.ts';
import { withoutComment } from '../check-url.ts';
import type { Line } from '../line-splitter.ts';
import type { RowReader } from './list-format.ts';
import { isUrlHeading } from './table-row.ts';

/** Several URIs separated by tabs, or an indented option. */
const OF_ARIA2 = /^(?:\S+\t+(?:https?|ftp):|[ \t]+[a-z][a-z-]*=)/i;

const HINT =
  "this looks like aria2's input format: read it with --format aria2, or call it NAME.aria2";

/**
 * Reads one URL from each line. Blank lines, lines that begin with `#` and a heading such as `url` in the
 * first line are skipped, and so is a remark after a URL: ` # the cover`.
 */
export class LinesReader implements RowReader {
  readonly #bad: BadRows;
  #hasBegun = false;

  constructor(bad: BadRows) {
    this.#bad = bad;
  }

  *rowsOf(lines: readonly Line[]): Generator<Row, void, undefined> {
    for (const line of lines) {
      const text = line.text.trim();
      if ((text === '' && line.problem === undefined) || text.startsWith('#')) continue;
      const isHeading = !this.#hasBegun && isUrlHeading(text);
      this.#hasBegun = true;
      if (!isHeading) yield this.#rowOf(withoutComment(text), line);
    }
  }

  /** Each row is complete with its line. */
  end(): Iterable<Row> {
    return [];
  }

  #rowOf(url: string, { number, text, problem }: Line): Row {
    if (problem !== undefined) return this.#bad.rowOf(url, problem, number);
    if (OF_ARIA2.test(text)) return this.#bad.rowOf(url, new BadValue(HINT), number);
    return this.#bad.urlRow(url, number, 1 + text.indexOf(url));
  }
}
