import type { Contender, Goal } from './result.ts';
import { type Metric, ratioOf } from './statistics.ts';

const METRICS: Readonly<Record<Metric, string>> = {
  wallSeconds: 'Wall time',
  cpuSeconds: 'CPU time',
  peakBytes: 'Peak memory',
  secondsTo50: 'Time to 50 % of the good files',
  secondsTo90: 'Time to 90 % of the good files',
  secondsTo99: 'Time to 99 % of the good files',
};

/** The goal to need at most `bound` times as much as a peer, by the medians of the same rounds. */
export function atMostTimes(
  contenders: readonly Contender[],
  ours: string,
  theirs: string,
  metric: Metric,
  bound: number,
): Goal {
  const value = ratioOf(contenders, ours, theirs, metric);
  return withValue(
    { name: `${METRICS[metric]}, ${ours} to ${theirs}`, unit: 'times', sense: 'at most', bound },
    value,
  );
}

/** The goal with the measured value, if there is one. */
export function withValue(goal: Omit<Goal, 'value'>, value: number | undefined): Goal {
  return value === undefined ? goal : { ...goal, value };
}

/** Whether a goal is met; undefined if nothing was measured. */
export function isMet({ sense, bound, value }: Goal): boolean | undefined {
  if (value === undefined) return undefined;
  if (sense === 'at most') return value <= bound;
  return sense === 'at least' ? value >= bound : value > bound;
}
