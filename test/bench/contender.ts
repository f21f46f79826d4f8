import type { Contender } from '../../bench/results/result.ts';

/** A contender with one run for each wall time, in s. All runs have `problem`, if it is given. */
export function contender(
  name: string,
  wallSeconds: readonly number[],
  problem?: string,
): Contender {
  const runs = wallSeconds.map((wall) => ({
    ...{ wallSeconds: wall, cpuSeconds: wall / 2, peakBytes: 50e6, files: 100 },
    ...(problem === undefined ? {} : { problem }),
  }));
  return { name, runs };
}
