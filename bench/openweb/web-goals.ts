import { aria2 } from '../peers/aria2.ts';
import { curl } from '../peers/curl.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import { atMostTimes, withValue } from '../results/goals.ts';
import type { Contender, Goal } from '../results/result.ts';
import { goodRuns, median, medianOf } from '../results/statistics.ts';

/** Bytes. */
const MOST_MEMORY = 200e6;

/** Goals of a race through thousands of hosts: as fast as aria2, with little more CPU time and memory. */
export function raceGoals(contenders: readonly Contender[], rows: number): Goal[] {
  const ours = flaghoist.name;
  return [
    nearlyAllGoal(contenders, aria2.name, 1),
    atMostTimes(contenders, ours, aria2.name, 'cpuSeconds', 1.5),
    peakGoal(contenders),
    accountedGoal(contenders, rows),
  ];
}

/**
 * The goal for the time to 99 % of the good files, to that of another contender. A run that its time limit ended
 * before counts with its whole time, which is a lower bound.
 */
export function nearlyAllGoal(
  contenders: readonly Contender[],
  other: string,
  bound: number,
): Goal {
  const ours = median(
    contenders
      .filter(({ name }) => name === flaghoist.name)
      .flatMap(goodRuns)
      .map(({ secondsTo99, wallSeconds }) => secondsTo99 ?? wallSeconds),
  );
  const theirs = medianOf(contenders, other, 'secondsTo99');
  const name = `Time to 99 % of the good files, ${flaghoist.name} to ${other}`;
  return withValue(
    { name, unit: 'times', sense: 'at most', bound },
    ours === undefined || theirs === undefined ? undefined : ours / theirs,
  );
}

export function peakGoal(contenders: readonly Contender[]): Goal {
  return withValue(
    { name: 'Peak memory', unit: 'bytes', sense: 'at most', bound: MOST_MEMORY },
    medianOf(contenders, flaghoist.name, 'peakBytes'),
  );
}

/** The goal to account for every row in every run. */
export function accountedGoal(contenders: readonly Contender[], rows: number): Goal {
  const counts = contenders
    .filter(({ name }) => name === flaghoist.name)
    .flatMap(goodRuns)
    .map(({ accountedRows }) => accountedRows)
    .filter((count) => count !== undefined);
  return withValue(
    { name: 'Rows accounted for', unit: 'count', sense: 'at least', bound: rows },
    counts.length === 0 ? undefined : Math.min(...counts),
  );
}

/** The goal for the whole run, to that of the faster of aria2 and curl, which also give up dead hosts. */
export function wholeRunGoal(contenders: readonly Contender[], bound: number): Goal {
  const ours = medianOf(contenders, flaghoist.name, 'wallSeconds');
  const others = [aria2, curl]
    .map(({ name }) => medianOf(contenders, name, 'wallSeconds'))
    .filter((seconds) => seconds !== undefined);
  const value = ours === undefined || others.length === 0 ? undefined : ours / Math.min(...others);
  return withValue(
    {
      name: `Whole run, ${flaghoist.name} to the faster of aria2 and curl`,
      ...{ unit: 'times', sense: 'at most', bound },
    },
    value,
  );
}
