import { type ResidentSample, samplesBetween } from '../measure/memory-watch.ts';
import { withValue } from '../results/goals.ts';
import type { Figure, Goal } from '../results/result.ts';
import { median } from '../results/statistics.ts';

/** Medians of resident memory while a program receives a tenth of its list, in bytes. */
export interface ResidentTenths {
  readonly second: number | undefined;
  readonly last: number | undefined;
}

export function residentTenths(samples: readonly ResidentSample[], rows: number): ResidentTenths {
  const between = (from: number, to: number) =>
    median(samplesBetween(samples, from * rows, to * rows));
  return { second: between(0.1, 0.2), last: between(0.9, 1) };
}

/** The medians of all runs, and the goal that memory hardly grows with the list. */
export function residentFindings(runs: readonly ResidentTenths[]): {
  readonly figures: readonly Figure[];
  readonly goal: Goal;
} {
  const middle = (key: keyof ResidentTenths) =>
    median(runs.map((run) => run[key]).filter((bytes) => bytes !== undefined));
  const [second, last] = [middle('second'), middle('last')];
  const figure = (name: string, value: number | undefined): Figure[] =>
    value === undefined ? [] : [{ name, value, unit: 'bytes' }];
  return {
    figures: [
      ...figure('Resident in the second tenth of the rows', second),
      ...figure('Resident in the last tenth', last),
    ],
    goal: withValue(
      {
        name: 'Resident in the last tenth, to the second',
        ...{ unit: 'times', sense: 'at most', bound: 1.1 },
      },
      second && last && last / second,
    ),
  };
}
