import { PEERS } from '../peers/all.ts';
import { curl } from '../peers/curl.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import { atMostTimes } from '../results/goals.ts';
import type { BenchCase } from './case.ts';
import { compareFlags } from './compare-flags.ts';

/** TLS, with HTTP/2 for peers that support it. */
export const httpsH210k: BenchCase = {
  name: 'https-h2-10k',
  title: '10,000 flags over TLS with HTTP/2, 64 at a time',
  rows: 10_000,
  quickRows: 400,
  async run(context) {
    const contenders = await compareFlags({ peers: PEERS, protocol: 'https' }, context);
    return {
      contenders,
      ours: flaghoist.name,
      goals: [atMostTimes(contenders, flaghoist.name, curl.name, 'wallSeconds', 2)],
      notes: [
        'curl sends everything over one connection of HTTP/2, wget2 over 64; flaghoist takes HTTP/1.1 for as many requests.',
        'aria2 and aiohttp have no HTTP/2: theirs are 64 connections of HTTP/1.1.',
      ],
    };
  },
};
