/** Lines of a list, and their number. */
export interface Block {
  readonly rows: number;
  readonly lines: string;
}

const ROWS_IN_BLOCK = 1_000;

/** Path of a row's URL, with a thousand files in each directory. */
export function tinyPath(row: number): string {
  const digits = String(row).padStart(7, '0');
  return `/tiny/${digits.slice(0, -3)}/${digits}`;
}

/** A list of `rows` files of one byte, made as it is read. */
export function* tinyBlocks(origin: string, rows: number): Generator<Block> {
  for (let begin = 0; begin < rows; begin += ROWS_IN_BLOCK) {
    const end = Math.min(begin + ROWS_IN_BLOCK, rows);
    let lines = '';
    for (let row = begin; row < end; row++) lines += `${origin}${tinyPath(row)}\n`;
    yield { rows: end - begin, lines };
  }
}
