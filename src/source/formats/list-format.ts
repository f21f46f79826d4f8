/** How a list may be written. */
export const LIST_FORMATS = ['lines', 'aria2', 'csv', 'tsv', 'jsonl'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

const FORMAT_OF_EXTENSION: ReadonlyArray<readonly [extension: string, format: ListFormat]> = [
  ['.aria2', 'aria2'],
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
];

/**
 * The format that a list's name asks for, with or without `.gz`: lines, unless it says
 * otherwise.
 */
export function formatOf(path: string): ListFormat {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  return FORMAT_OF_EXTENSION.find(([extension]) => name.endsWith(extension))?.[1] ?? 'lines';
}
