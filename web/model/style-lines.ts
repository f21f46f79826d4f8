import type { PageStyle } from '../../src/report/page/page-data.ts';

export type RequestTimes = PageStyle['times'][number];

/**
 * At most so many lines for the requests of a style, in the order in which they began. With more
 * requests than lines, each stands for as many that follow each other, and shows the last to be saved.
 */
export function styleLines(
  times: PageStyle['times'],
  most: number,
): { readonly lines: readonly RequestTimes[]; readonly requestsPerLine: number } {
  const sorted = times.toSorted((a, b) => a.began - b.began);
  const requestsPerLine = Math.max(1, Math.ceil(sorted.length / Math.max(most, 1)));
  const lines: RequestTimes[] = [];
  for (let i = 0; i < sorted.length; i += requestsPerLine) {
    const group = sorted.slice(i, i + requestsPerLine);
    lines.push(group.reduce((last, one) => (one.saved > last.saved ? one : last)));
  }
  return { lines, requestsPerLine };
}
