import { formatBytes, formatCount, formatTime } from './amounts.ts';

/** The times of one file, in ms since its style began. */
interface FileTimes {
  readonly began: number;
  readonly answered: number;
  readonly saved: number;
}

/** The measurements of a style, printed by its program in `examples/styles`. */
export interface StyleAccount {
  /** ms. */
  readonly elapsed: number;
  /** ms of user and system time, of all threads. */
  readonly cpu: number;
  /** Bytes that were resident before, and at the most. */
  readonly memory: { readonly before: number; readonly peak: number };
  /** Requests at a time, at most; fewer than asked for when the machine refused more. */
  readonly most: number;
  /** Why the machine refused more. */
  readonly refusal?: string | undefined;
  readonly times: readonly FileTimes[];
}

/** A style with its measurements. */
export interface ComparedStyle extends StyleAccount {
  /** The name of its program. */
  readonly style: string;
  /** Requests at a time that were asked for. */
  readonly asked: number;
}

export interface Comparison {
  readonly requests: number;
  /** ms that each answer takes. */
  readonly delay: number;
  readonly styles: readonly ComparedStyle[];
}

/** The data of the page of `flaghoist compare --html FILE`. */
export interface ComparePage extends Comparison {
  readonly kind: 'compare';
}

/** What `flaghoist compare` measured, for the page. */
export function comparePage({ requests, delay, styles }: Comparison): ComparePage {
  return { kind: 'compare', requests, delay, styles };
}

/** How many times as fast as one by one; where that was not measured, as the sum of the delays. */
export function speedUp({ requests, delay, styles }: Comparison, one: ComparedStyle): number {
  const slowest = styles.find(({ style }) => style === 'one-by-one')?.elapsed ?? requests * delay;
  return slowest / one.elapsed;
}

/** With fewer requests at a time, the rest of the program takes most of the memory. */
const ENOUGH = 100;

/** Bytes that each request which waits adds; undefined for too few of them. */
export function memoryOfOne({ memory, most }: ComparedStyle): number | undefined {
  return most >= ENOUGH ? Math.max(memory.peak - memory.before, 0) / most : undefined;
}

/** A table of the styles, and below it what the machine refused. */
export function comparisonTable(comparison: Comparison): string {
  const head = ['style', 'at once', 'time', 'speed-up', 'CPU', 'memory', 'for each that waits'];
  const rows = comparison.styles.map((one) => {
    const each = memoryOfOne(one);
    return [
      one.style,
      `${formatCount(one.most)}${one.refusal === undefined ? '' : '*'}`,
      formatTime(one.elapsed),
      `${speedUp(comparison, one).toFixed(1)} x`,
      formatTime(one.cpu),
      formatBytes(one.memory.peak),
      each === undefined ? '-' : formatBytes(Math.round(each)),
    ];
  });
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)));
  const table = [head, ...rows].map((cells) => `${line(cells).join('  ')}\n`).join('');
  return `${table}${refusals(comparison)}`;
}

function refusals({ styles }: Comparison): string {
  return styles
    .filter(({ refusal }) => refusal !== undefined)
    .map(
      ({ style, asked, most, refusal }) =>
        `* ${style}: of ${formatCount(asked)}, the machine said no after ${formatCount(most)}: ${refusal}\n`,
    )
    .join('');
}
