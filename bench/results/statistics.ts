import type { Arrivals, Contender, Run } from './result.ts';

/** The name of a figure of a run. */
export type Metric = 'wallSeconds' | 'cpuSeconds' | 'peakBytes' | keyof Arrivals;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value, or the mean of the middle two; undefined without values. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** The runs without a problem. The report names the others, and does not count them. */
export function goodRuns({ runs }: Contender): readonly Run[] {
  return runs.filter(({ problem }) => problem === undefined);
}

/** The spread over the good runs that have the figure; undefined if there are none. */
export function spreadOf(contender: Contender, metric: Metric): Spread | undefined {
  const values = goodRuns(contender)
    .map((run) => run[metric])
    .filter((value) => value !== undefined);
  const middle = median(values);
  if (middle === undefined) return undefined;
  return { median: middle, min: Math.min(...values), max: Math.max(...values) };
}

/** The median over the good runs of the contender with this name. */
export function medianOf(
  contenders: readonly Contender[],
  name: string,
  metric: Metric,
): number | undefined {
  const contender = contenders.find((one) => one.name === name);
  return contender && spreadOf(contender, metric)?.median;
}

/** The ratio of two medians, `ours` to `theirs`; undefined if either has no good run. */
export function ratioOf(
  contenders: readonly Contender[],
  ours: string,
  theirs: string,
  metric: Metric,
): number | undefined {
  const [one, other] = [medianOf(contenders, ours, metric), medianOf(contenders, theirs, metric)];
  return one === undefined || other === undefined ? undefined : one / other;
}
