import { countSamples } from '../measure/count-samples.ts';
import { curl } from '../peers/curl.ts';
import { flaghoist, flaghoistCommand } from '../peers/flaghoist.ts';
import type { Peer } from '../peers/peer.ts';
import { atMostTimes, withValue } from '../results/goals.ts';
import { medianOf } from '../results/statistics.ts';
import type { BenchCase } from './case.ts';
import { compareFlags } from './compare-flags.ts';

/** flaghoist with tar shards. */
const inShards: Peer = {
  ...flaghoist,
  name: 'flaghoist --sink tar:DIR',
  command: ({ list, directory, maxRequests }) =>
    flaghoistCommand('get', '-q', '-m', `${maxRequests}`, '--sink', `tar:${directory}`, '-i', list),
  count: countSamples,
};

/** Many small files as samples of a few archives, beside the same as files. */
export const shards100k: BenchCase = {
  name: 'shards-100k',
  title: '100,000 flags over HTTP/1.1 into tar shards, 64 at a time',
  rows: 100_000,
  quickRows: 2_000,
  async run(context) {
    const peers = [inShards, flaghoist, curl];
    const contenders = await compareFlags({ peers, protocol: 'http' }, context);
    const memory = medianOf(contenders, inShards.name, 'peakBytes');
    return {
      contenders,
      ours: inShards.name,
      goals: [
        atMostTimes(contenders, inShards.name, curl.name, 'wallSeconds', 0.7),
        withValue(
          { name: 'Peak memory', unit: 'bytes', sense: 'at most', bound: 200 * 1024 ** 2 },
          memory,
        ),
      ],
    };
  },
};
