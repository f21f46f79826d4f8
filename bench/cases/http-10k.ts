import { aiohttp } from '../peers/aiohttp.ts';
import { PEERS } from '../peers/all.ts';
import { aria2 } from '../peers/aria2.ts';
import { curl } from '../peers/curl.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import { wget2 } from '../peers/wget2.ts';
import { atMostTimes } from '../results/goals.ts';
import type { BenchCase } from './case.ts';
import { compareFlags } from './compare-flags.ts';

/** All peers, with a list short enough for all of them. */
export const http10k: BenchCase = {
  name: 'http-10k',
  title: '10,000 flags over HTTP/1.1, 64 at a time',
  rows: 10_000,
  quickRows: 400,
  async run(context) {
    const contenders = await compareFlags({ peers: PEERS, protocol: 'http' }, context);
    const wall = (peer: string, bound: number) =>
      atMostTimes(contenders, flaghoist.name, peer, 'wallSeconds', bound);
    return {
      contenders,
      ours: flaghoist.name,
      goals: [
        wall(curl.name, 1.5),
        wall(aria2.name, 0.4),
        wall(wget2.name, 0.4),
        wall(aiohttp.name, 0.4),
      ],
    };
  },
};
