import Papa from 'papaparse';
import { type Line, MAX_LINE_BYTES } from '../line-splitter.ts';
import type { Delimiter } from './find-format.ts';

/** A record of a CSV file, and the lines that it spans. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly lines: readonly Line[];
}

/** The records of a batch of lines. */
export interface ParsedRecords {
  readonly records: readonly CsvRecord[];
  /** The lines after the records, from the first record that is not whole. */
  readonly rest: readonly Line[];
  /**
   * The state of the record that `rest` begins with: `whole` if `rest` is empty, `open` if more lines
   * may complete it, `broken` if no lines can.
   */
  readonly state: 'whole' | 'open' | 'broken';
}

/** Without these, Papa would guess line ends and the delimiter, in each batch anew. */
const FIXED = { newline: '\n', header: false, dynamicTyping: false } as const;

/** Parses whole lines, up to the first record whose quotes make no sense. */
export function parseRecords(lines: readonly Line[], delimiter: Delimiter): ParsedRecords {
  // The last line gets a line end, too: Papa treats quotes more strictly at the end of the text.
  const text = lines.map((line) => `${line.text}\n`).join('');
  if (text.includes('"')) return parseQuoted(text, lines, delimiter);
  const { data } = Papa.parse<string[]>(text, { ...FIXED, delimiter, fastMode: true });
  const records = lines.map((line, index) => ({ cells: data[index] ?? [], lines: [line] }));
  return { records, rest: [], state: 'whole' };
}

function parseQuoted(text: string, lines: readonly Line[], delimiter: string): ParsedRecords {
  const records: CsvRecord[] = [];
  let state: ParsedRecords['state'] = 'whole';
  /** How far the records reach: in lines, and in characters of `text`. */
  let reached = { line: 0, end: 0 };
  Papa.parse<string[]>(text, {
    ...FIXED,
    delimiter,
    fastMode: false,
    step: ({ data, errors, meta }, parser) => {
      // Papa reports one more, empty record after the last line.
      if (reached.line === lines.length) return;
      state = stateOf(errors, meta.cursor - reached.end);
      if (state !== 'whole') return parser.abort();
      const next = lineAfter(lines, reached, meta.cursor);
      records.push({ cells: data, lines: lines.slice(reached.line, next.line) });
      reached = next;
    },
  });
  return { records, rest: lines.slice(reached.line), state };
}

function stateOf(errors: readonly Papa.ParseError[], length: number): ParsedRecords['state'] {
  if (length > MAX_LINE_BYTES) return 'broken';
  // Papa may report a quote that closes too early together with one that does not close. The first
  // of these cannot be mended by more lines.
  if (errors.some(({ code }) => code === 'InvalidQuotes')) return 'broken';
  return errors.some(({ code }) => code === 'MissingQuotes') ? 'open' : 'whole';
}

/** The end of the line that contains `cursor`, an index into the text of all lines. */
function lineAfter(lines: readonly Line[], from: { line: number; end: number }, cursor: number) {
  let { line, end } = from;
  do {
    end += (lines[line]?.text.length ?? 0) + 1;
    line++;
  } while (end < cursor && line < lines.length);
  return { line, end };
}

/**
 * The index in the record's line at which the value of column `index` begins; 0 for a record that spans
 * several lines.
 */
export function cellOffset({ cells, lines }: CsvRecord, index: number): number {
  const [line, ...others] = lines;
  if (line === undefined || others.length > 0) return 0;
  let offset = 0;
  for (const cell of cells.slice(0, index)) {
    const isQuoted = line.text[offset] === '"';
    offset += (isQuoted ? cell.replaceAll('"', '""').length + 2 : cell.length) + 1;
  }
  return offset < line.text.length ? offset : line.text.length;
}
