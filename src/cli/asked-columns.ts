import type { RunSettings } from '../download-options.ts';
import { itemOf, type Row } from '../model/item.ts';
import { nearest } from '../model/nearest.ts';
import { safeLine } from '../model/safe-text.ts';
import { compileTemplate, TemplateError } from '../save/names/name-template.ts';
import { sinkPlace } from '../save/sinks/open-sink.ts';
import { checkFirst, type RowInput } from '../source/join-rows.ts';
import { MissingColumnError } from '../source/list-error.ts';
import type { GetOptions } from './options/get-options.ts';
import { UsageError } from './options/values.ts';

/** The settings that name columns. */
type Asked = Pick<RunSettings, 'names' | 'key' | 'captionColumn'>;

/** The options that name columns which have a meaning. */
type AskedOptions = Pick<
  GetOptions,
  'input' | 'urlColumn' | 'nameColumn' | 'checksumColumn' | 'keyColumn'
>;

/**
 * Inputs with the columns that the run needs: for the names of files, and captions. Of a Parquet file only
 * these are read, unless samples keep all of them.
 */
export function withNeededColumns(
  inputs: readonly RowInput[],
  { names, captionColumn, sink }: Asked & Pick<RunSettings, 'sink'>,
): RowInput[] {
  const inNames = compileTemplate(names).columns;
  const columns = captionColumn === undefined ? inNames : [...inNames, captionColumn];
  const carriesAll = typeof sink === 'string' && sinkPlace(sink).kind === 'tar';
  return inputs.map((input) => ('url' in input ? input : { ...input, columns, carriesAll }));
}

/**
 * Makes sure that the list which is read first has the columns that options name. So a mistyped name is an
 * error of the command line, before anything is started, and not an error of each row.
 *
 * @returns the same rows
 * @throws UsageError
 */
export async function withColumnsOf<Rows extends AsyncIterable<Row>>(
  settings: Asked,
  rows: Rows,
  { input = [], ...named }: AskedOptions,
): Promise<Rows | AsyncGenerator<Row, void, undefined>> {
  const { urlColumn, nameColumn, checksumColumn, keyColumn } = named;
  const { names, captionColumn } = settings;
  const isNamed = names !== undefined && compileTemplate(names).columns.length > 0;
  const isAsked = [urlColumn, nameColumn, checksumColumn, keyColumn, captionColumn].some(Boolean);
  if (!isNamed && !isAsked) return rows;
  // Rows that come from no list have no columns.
  if (input.length === 0) checkColumns(settings, []);
  try {
    return await checkFirst(rows, (first) => {
      const { columns = {}, problem } = itemOf(first, 0);
      // A row that cannot be read says nothing of the columns.
      if (problem === undefined) checkColumns(settings, Object.keys(columns));
    });
  } catch (error) {
    if (!(error instanceof MissingColumnError)) throw error;
    checkColumns(settings, error.headings);
    throw new UsageError(error.message, { cause: error });
  }
}

/** @throws UsageError */
function checkColumns({ names, key, captionColumn }: Asked, columns: readonly string[]): void {
  if (names !== undefined) checkNames(names, columns);
  if (captionColumn !== undefined && !columns.includes(captionColumn)) {
    throw new UsageError(`--caption-column COLUMN: ${noSuchColumn(captionColumn, columns)}`);
  }
  if (key?.startsWith('column ') !== true) return;
  const column = key.slice('column '.length);
  if (columns.includes(column)) return;
  const others = 'see also --row-key path and --row-key url-without-query';
  throw new UsageError(`--key-column C: ${noSuchColumn(column, columns)}; ${others}`);
}

function noSuchColumn(column: string, columns: readonly string[]): string {
  if (columns.length === 0) return `there is no column ${column}, since the rows have none`;
  const meant = nearest(column, columns);
  const hint = meant === undefined ? '' : ` (did you mean ${safeLine(meant)}?)`;
  return `there is no column ${column}${hint}; there are ${columns.map(safeLine).join(', ')}`;
}

function checkNames(names: string, columns: readonly string[]): void {
  try {
    compileTemplate(names, columns);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UsageError(`--output TEMPLATE: ${error.message}`, { cause: error });
  }
}
