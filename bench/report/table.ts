/**
 * A Markdown table with aligned columns, which is also readable on a terminal.
 *
 * @param words how many columns are words, aligned left; the others are figures, aligned right
 */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  words = 1,
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const rule = widths.map((width, column) =>
    column < words ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const pad = (cell: string, column: number) =>
    column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [header.map(pad), rule, ...rows.map((row) => header.map((_, i) => pad(row[i] ?? '', i)))]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
