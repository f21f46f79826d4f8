import { checkUrl } from '../check-url.ts';
import type { ListFormat } from './list-format.ts';
import { isUrlHeading } from './table-row.ts';
import { isTransferList } from './transfer-reader.ts';

/** The characters between the values of a record. Excel writes `;` where the decimal sign is a comma. */
export type Delimiter = ',' | ';' | '\t';
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];

/** How to read a list. */
export interface ListShape {
  readonly format: Exclude<ListFormat, 'tsv' | 'parquet'> | 'transfer';
  /** Of CSV. */
  readonly delimiter: Delimiter;
}

/** The text is not a list. The message goes on after the list's name. */
export class NotAListError extends Error {
  override readonly name = 'NotAListError';
}

const MARKUP = /^<(?:!doctype|!--|\?xml|[a-z][\w-]*(?:\s[^>]*|\/)?>)/i;

/** Excel's own line before the header: `sep=;`. */
const SEPARATOR_LINE = /^sep=(.)$/i;

const QUOTED_URL = /^"https?:[^"\\]*"\s*$/i;

/**
 * Finds out how to read a list from its beginning. What the option or the extension says holds, except
 * that a JSON array is no JSON lines, and that the delimiter of CSV is that of its header.
 *
 * @param head the beginning of the list, without a byte order mark
 * @param isEnough whether no more text is to come, or none that would help
 * @param said the format that the option or the extension says; undefined for neither
 * @param urlColumn the column with the URLs, where that was asked for
 * @returns undefined when more text is needed
 * @throws NotAListError
 */
export function findFormat(
  head: string,
  isEnough: boolean,
  said: ListFormat | undefined,
  urlColumn: string | undefined,
): ListShape | undefined {
  if (said === 'lines' || said === 'aria2') return shape(said);
  if (isTransferList(head)) return shape('transfer');
  if (said === 'tsv') return isEnough || head.includes('\n') ? shape('csv', '\t') : undefined;
  const text = said === undefined ? withoutComments(head) : head.trimStart();
  const [line = '', ...others] = text.split(/\r?\n/, 2);
  if (MARKUP.test(line)) {
    throw new NotAListError('is an HTML or XML page, not a list: lists are lines, CSV or JSON');
  }
  const array = startsArray(text, isEnough);
  if (array === undefined) return undefined;
  if (array && said !== 'csv') return shape('json');
  if (said === 'jsonl') return shape('jsonl');
  if (others.length === 0 && !isEnough) return undefined;
  if (text.startsWith('{') && said !== 'csv') return jsonLines(line, said);
  // As `jq '.[].url'` writes them. A header would not be a URL.
  if (QUOTED_URL.test(line)) return shape('jsonl');
  if (said === 'json') {
    throw new NotAListError(
      'is not a list in JSON: an array of URLs or objects, or one on each line',
    );
  }
  return said === 'csv' ? csvBy(line, urlColumn) : linesOrTable(line, urlColumn);
}

function shape(format: ListShape['format'], delimiter: Delimiter = ','): ListShape {
  return { format, delimiter };
}

function withoutComments(head: string): string {
  return head.replace(/^(?:\s*#[^\n]*(?:\n|$))+/, '').trimStart();
}

/** Whether a JSON array begins, not a pattern or an address such as `[::1]`. */
function startsArray(text: string, isEnough: boolean): boolean | undefined {
  if (!text.startsWith('[')) return false;
  const inside = text.slice(1).trimStart();
  if (inside === '' && !isEnough) return undefined;
  return /^(?:["{[\]]|$)/.test(inside);
}

/** JSON lines are often called `.json`. @throws NotAListError for one object over several lines */
function jsonLines(line: string, said: ListFormat | undefined): ListShape {
  if (said !== 'json' || line.trimEnd().endsWith('}')) return shape('jsonl');
  throw new NotAListError(
    'is one JSON object, not a list: a list is an array, or JSON lines, an object on each',
  );
}

function csvBy(line: string, urlColumn: string | undefined): ListShape {
  const delimiter = delimiterOf(line, urlColumn);
  // A header would not be a URL: it is the first of a list of URLs.
  return delimiter === undefined && isUrl(line) ? shape('lines') : shape('csv', delimiter);
}

function isUrl(text: string): boolean {
  if (/[\s,;]/.test(text.trim())) return false;
  try {
    checkUrl(text.trim());
    return true;
  } catch {
    return false;
  }
}

/** Without a format, a first line that names a column of URLs beside others is the header of a table. */
function linesOrTable(line: string, urlColumn: string | undefined): ListShape {
  const delimiter = delimiterOf(line, urlColumn);
  const isTable = delimiter !== undefined || /^"[^"]+"$/.test(line.trim());
  return isTable && !isUrl(line) ? shape('csv', delimiter) : shape('lines');
}

/** The delimiter by which a header has a column of URLs; undefined for a header of one column. */
function delimiterOf(line: string, urlColumn: string | undefined): Delimiter | undefined {
  const [, said] = SEPARATOR_LINE.exec(line) ?? [];
  const named = DELIMITERS.find((one) => one === said);
  if (named !== undefined) return named;
  // A header has no URLs.
  if (/https?:\/\//i.test(line)) return undefined;
  const isOne = (heading: string) => heading === urlColumn || isUrlHeading(heading);
  return DELIMITERS.find((one) => {
    const headings = line.split(one).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    return headings.length > 1 && headings.some(isOne);
  });
}
