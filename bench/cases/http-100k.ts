import { aiohttp } from '../peers/aiohttp.ts';
import { aria2 } from '../peers/aria2.ts';
import { curl } from '../peers/curl.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import { wget2 } from '../peers/wget2.ts';
import { atMostTimes } from '../results/goals.ts';
import type { BenchCase } from './case.ts';
import { compareFlags } from './compare-flags.ts';

const LEFT_OUT = 'one run of it takes half a minute or more; http-10k has it';

/** A list so long that start-up does not matter, and that keeping all of it in memory would. */
export const http100k: BenchCase = {
  name: 'http-100k',
  title: '100,000 flags over HTTP/1.1, 64 at a time',
  rows: 100_000,
  quickRows: 2_000,
  async run(context) {
    const contenders = await compareFlags(
      { peers: [flaghoist, curl, wget2], protocol: 'http' },
      context,
    );
    return {
      contenders: [
        ...contenders,
        ...[aria2, aiohttp].map(({ name }) => ({ name, runs: [], leftOut: LEFT_OUT })),
      ],
      ours: flaghoist.name,
      goals: [
        atMostTimes(contenders, flaghoist.name, curl.name, 'wallSeconds', 1),
        atMostTimes(contenders, flaghoist.name, curl.name, 'cpuSeconds', 0.8),
      ],
    };
  },
};
