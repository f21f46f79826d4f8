import type { Contender } from '../../bench/results/result.ts';

/** A contender with a run for each of the wall times, in seconds; with a problem, all went wrong. */
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
