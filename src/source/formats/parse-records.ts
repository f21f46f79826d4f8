import Papa from 'papaparse';
import { type Line, MAX_LINE_BYTES } from './line-splitter.ts';

/** A record of a CSV file, and the lines that it stands on. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly lines: readonly Line[];
}

/** As many records as a batch of lines holds. */
export interface ParsedRecords {
  readonly records: readonly CsvRecord[];
  /** The lines after them: none, or a record that is not whole, and what comes after it. */
  readonly rest: readonly Line[];
  /**
   * What the first of `rest` begins: nothing, a record that may become whole with more lines, or
   * none ever.
   */
  readonly state: 'whole' | 'open' | 'broken';
}

/** Papa would find out line ends and the delimiter by itself, in each batch anew. */
const FIXED = { newline: '\n', header: false, dynamicTyping: false } as const;

/**
 * Parses whole lines, up to the first record whose quotes do not make sense.
 */
export function parseRecords(lines: readonly Line[], delimiter: ',' | '\t'): ParsedRecords {
  // With an end to the last line, too: before the end of the text Papa forgives less than before
  // that of a line.
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
      // What comes after the last line is no record.
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
  // A quote that closes too early is told of together with one that does not close: it settles it.
  if (errors.some(({ code }) => code === 'InvalidQuotes')) return 'broken';
  return errors.some(({ code }) => code === 'MissingQuotes') ? 'open' : 'whole';
}

/** The end of the line in which `cursor`, a place in the text of all lines, lies. */
function lineAfter(lines: readonly Line[], from: { line: number; end: number }, cursor: number) {
  let { line, end } = from;
  do {
    end += (lines[line]?.text.length ?? 0) + 1;
    line++;
  } while (end < cursor && line < lines.length);
  return { line, end };
}
