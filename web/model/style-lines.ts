import type { ComparedStyle } from '../../src/report/comparison.ts';

/** A line that is drawn: the times of one request, and from when to when those took that it stands for. */
export interface StyleLine {
  readonly times: ComparedStyle['times'][number];
  readonly from: number;
  readonly to: number;
}

/**
 * At most so many lines for the requests of a style, in the order in which they began. With more
 * requests than lines, each stands for as many that follow each other, and shows the last to be saved.
 */
export function styleLines(
  times: ComparedStyle['times'],
  most: number,
): { readonly lines: readonly StyleLine[]; readonly requestsPerLine: number } {
  const sorted = times.toSorted((a, b) => a.began - b.began);
  const requestsPerLine = Math.max(1, Math.ceil(sorted.length / Math.max(most, 1)));
  const lines: StyleLine[] = [];
  for (let i = 0; i < sorted.length; i += requestsPerLine) {
    const group = sorted.slice(i, i + requestsPerLine);
    const last = group.reduce((last, one) => (one.saved > last.saved ? one : last));
    lines.push({ times: last, from: group[0]?.began ?? 0, to: last.saved });
  }
  return { lines, requestsPerLine };
}
