import type { WaterfallOrder } from './waterfall-order.ts';
import type { WaterfallView } from './waterfall-view.ts';

/** A line that is drawn: one row, and those behind it that there is no room for. */
export interface WaterfallLine {
  /** Which row of the order it shows. */
  readonly at: number;
  /** The first row that it stands for, and how many, itself included. */
  readonly first: number;
  readonly rows: number;
  /** Of those, the ones that are not done. */
  readonly notDone: number;
  /** When the first of them began and the last one ended, in ms since the run's start. */
  readonly from: number;
  readonly to: number;
  /** Where its top is, in px. */
  readonly y: number;
}

export interface WaterfallLines {
  readonly lines: readonly WaterfallLine[];
  /** How high each of them is, in px. */
  readonly pitch: number;
  /** How many rows a line stands for. */
  readonly rowsPerLine: number;
}

/** The least height of a line, in px: lower lines would run together. */
const LOWEST = 4;
const HIGHEST = 22;

/**
 * What to draw in `height` px. With more rows than lines, each stands for the same number of rows that
 * follow each other. It shows one that is not done, if there is any, and of those the one that took
 * longest: failures and long rows stay visible at any zoom.
 */
export function waterfallLines(
  order: WaterfallOrder,
  view: WaterfallView,
  height: number,
  isNotDone: (place: number) => boolean,
): WaterfallLines {
  const total = order.places.length;
  const rowsPerLine = Math.max(1, Math.ceil(view.count / Math.max(1, Math.floor(height / LOWEST))));
  const pitch = Math.min((height / view.count) * rowsPerLine, HIGHEST);
  const lines: WaterfallLine[] = [];
  // Groups begin at the same rows wherever one looks from, or they would flicker when panned.
  const begin = Math.floor(view.first / rowsPerLine) * rowsPerLine;
  for (let first = begin; first < Math.min(view.first + view.count, total); first += rowsPerLine) {
    const end = Math.min(first + rowsPerLine, total);
    const y = ((first - view.first) / rowsPerLine) * pitch;
    lines.push({ ...chosen(order, first, end, isNotDone), first, rows: end - first, y });
  }
  return { lines, pitch, rowsPerLine };
}

/** The line at a height in px. */
export function lineAt({ lines, pitch }: WaterfallLines, y: number): WaterfallLine | undefined {
  const top = lines[0]?.y ?? 0;
  return lines[Math.floor((y - top) / pitch)];
}

function chosen(
  order: WaterfallOrder,
  first: number,
  end: number,
  isNotDone: (place: number) => boolean,
): Pick<WaterfallLine, 'at' | 'notDone' | 'from' | 'to'> {
  let at = first;
  let longest = -1;
  let notDone = 0;
  let to = 0;
  for (let i = first; i < end; i++) {
    const failed = isNotDone(order.places[i] ?? 0);
    const took = (order.ends[i] ?? 0) - (order.starts[i] ?? 0);
    to = Math.max(to, order.ends[i] ?? 0);
    if (failed && notDone++ === 0) longest = -1;
    if ((failed || notDone === 0) && took > longest) {
      longest = took;
      at = i;
    }
  }
  return { at, notDone, from: order.starts[first] ?? 0, to };
}
